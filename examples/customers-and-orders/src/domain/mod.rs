//! The domain: customers with a credit limit, and orders that are paid from it.

pub mod customer;
pub mod money;
pub mod order;

pub use customer::Customer;
pub use money::Money;
pub use order::Order;
