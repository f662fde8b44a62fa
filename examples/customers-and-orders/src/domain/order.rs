use es_core::prelude::*;
use thiserror::Error;

use super::{Customer, Money};

#[derive(Debug, Clone, Command)]
pub struct CreateOrder {
    pub customer_id: Id<Customer>,
    pub total: Money,
}

#[derive(Debug, Clone, Command)]
pub struct ApproveOrder;

#[derive(Debug, Clone, Command)]
pub struct RejectOrder {
    pub reason: RejectionReason,
}

#[derive(Debug, Clone, Command)]
pub struct CancelOrder;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct OrderCreated {
    pub customer_id: Id<Customer>,
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct OrderApproved {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct OrderRejected {
    pub reason: RejectionReason,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct OrderCancelled {
    pub customer_id: Id<Customer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectionReason {
    InsufficientCredit,
    UnknownCustomer,
}

impl RejectionReason {
    pub fn name(self) -> &'static str {
        match self {
            RejectionReason::InsufficientCredit => "insufficient_credit",
            RejectionReason::UnknownCustomer => "unknown_customer",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    Pending,
    Approved,
    Rejected(RejectionReason),
    Cancelled,
}

impl OrderState {
    pub fn name(self) -> &'static str {
        match self {
            OrderState::Pending => "pending",
            OrderState::Approved => "approved",
            OrderState::Rejected(_) => "rejected",
            OrderState::Cancelled => "cancelled",
        }
    }

    pub fn reason(self) -> Option<RejectionReason> {
        match self {
            OrderState::Rejected(reason) => Some(reason),
            _ => None,
        }
    }
}

/// An order that is decided can't be cancelled any more.
#[derive(Debug, PartialEq, Error)]
#[error("the order is {} already", .0.name())]
pub struct CantCancel(pub OrderState);

#[derive(Debug, PartialEq)]
pub struct Order {
    pub customer_id: Id<Customer>,
    pub total: Money,
    pub state: OrderState,
}

#[aggregate]
impl Order {
    #[command_handler]
    fn create(command: CreateOrder) -> OrderCreated {
        OrderCreated { customer_id: command.customer_id, total: command.total }
    }

    /// An order that was cancelled meanwhile stays so.
    #[command_handler]
    fn approve(&self, _: &ApproveOrder) -> Option<OrderApproved> {
        self.is_pending().then_some(OrderApproved {})
    }

    #[command_handler]
    fn reject(&self, command: &RejectOrder) -> Option<OrderRejected> {
        self.is_pending().then_some(OrderRejected { reason: command.reason })
    }

    #[command_handler]
    fn cancel(&self, _: &CancelOrder) -> Result<OrderCancelled, CantCancel> {
        match self.state {
            OrderState::Pending | OrderState::Approved => {
                Ok(OrderCancelled { customer_id: self.customer_id })
            }
            decided => Err(CantCancel(decided)),
        }
    }

    #[event_handler]
    fn created(event: OrderCreated) -> Self {
        let OrderCreated { customer_id, total } = event;
        Order { customer_id, total, state: OrderState::Pending }
    }

    #[event_handler]
    fn approved(&mut self, _: &OrderApproved) {
        self.state = OrderState::Approved;
    }

    #[event_handler]
    fn rejected(&mut self, event: &OrderRejected) {
        self.state = OrderState::Rejected(event.reason);
    }

    #[event_handler]
    fn cancelled(&mut self, _: &OrderCancelled) {
        self.state = OrderState::Cancelled;
    }
}

impl Order {
    fn is_pending(&self) -> bool {
        self.state == OrderState::Pending
    }
}
