//! The view of customers and orders, as SQL tables that are written in the transaction of the subscriber's progress: each
//! event is in them exactly once.

mod database;
mod order_history;
mod reader;

pub use database::Database;
pub use order_history::OrderHistory;
pub use reader::{CustomerRow, OrderRow, Page, Reader};
