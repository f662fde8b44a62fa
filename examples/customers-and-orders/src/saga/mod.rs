//! The saga of an order, by two subscribers that react to each other's events; nobody directs it.
//!
//! | event | subscriber | what follows |
//! | --- | --- | --- |
//! | `OrderCreated` | `credit-reservation` | `CreditReserved` or `CreditReservationFailed` at the customer; `OrderRejected` where there is none |
//! | `CreditReserved` | `order-approval` | `OrderApproved` |
//! | `CreditReservationFailed` | `order-approval` | `OrderRejected` |
//! | `OrderCancelled` | `credit-reservation` | `CreditReleased` at the customer |
//!
//! Events may come more than once; what a handler does through its context is done once. The events of an order come in
//! their order, so an order's credit is reserved before it is released.

mod credit_reservation;
mod order_approval;

pub use credit_reservation::CreditReservation;
pub use order_approval::OrderApproval;
