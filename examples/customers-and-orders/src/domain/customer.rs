use std::collections::BTreeMap;

use es_core::prelude::*;

use super::{Money, Order};

#[derive(Debug, Clone, Command)]
pub struct CreateCustomer {
    pub name: String,
    pub credit_limit: Money,
}

/// Sets credit aside for an order.
#[derive(Debug, Clone, Command)]
pub struct ReserveCredit {
    pub order_id: Id<Order>,
    pub amount: Money,
}

/// Gives back what was set aside for an order.
#[derive(Debug, Clone, Command)]
pub struct ReleaseCredit {
    pub order_id: Id<Order>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct CustomerCreated {
    pub name: String,
    pub credit_limit: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct CreditReserved {
    pub order_id: Id<Order>,
    pub amount: Money,
}

/// Changes nothing about the customer; it tells the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct CreditReservationFailed {
    pub order_id: Id<Order>,
    pub amount: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct CreditReleased {
    pub order_id: Id<Order>,
    pub amount: Money,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    pub name: String,
    pub credit_limit: Money,
    pub reservations: BTreeMap<Id<Order>, Money>,
}

/// A customer gets an event for each order, so the state is kept each 100 events.
#[aggregate(snapshot(every = 100))]
impl Customer {
    #[command_handler]
    fn create(command: CreateCustomer) -> CustomerCreated {
        CustomerCreated { name: command.name, credit_limit: command.credit_limit }
    }

    #[command_handler]
    fn reserve(&self, command: ReserveCredit) -> CustomerEvent {
        let ReserveCredit { order_id, amount } = command;
        match self.reserved().checked_add(amount) {
            Some(reserved) if reserved <= self.credit_limit => {
                CreditReserved { order_id, amount }.into()
            }
            _ => CreditReservationFailed { order_id, amount }.into(),
        }
    }

    #[command_handler]
    fn release(&self, command: ReleaseCredit) -> Option<CreditReleased> {
        let order_id = command.order_id;
        self.reservations.get(&order_id).map(|&amount| CreditReleased { order_id, amount })
    }

    #[event_handler]
    fn created(event: CustomerCreated) -> Self {
        let CustomerCreated { name, credit_limit } = event;
        Customer { name, credit_limit, reservations: BTreeMap::new() }
    }

    #[event_handler]
    fn credit_reserved(&mut self, event: &CreditReserved) {
        self.reservations.insert(event.order_id, event.amount);
    }

    #[event_handler]
    fn credit_reservation_failed(&mut self, _: &CreditReservationFailed) {}

    #[event_handler]
    fn credit_released(&mut self, event: &CreditReleased) {
        self.reservations.remove(&event.order_id);
    }
}

impl Customer {
    /// What is set aside for orders; never more than the limit.
    pub fn reserved(&self) -> Money {
        let sum = |sum: Money, &amount: &Money| sum.checked_add(amount).unwrap_or(Money::MAX);
        self.reservations.values().fold(Money::ZERO, sum)
    }
}
