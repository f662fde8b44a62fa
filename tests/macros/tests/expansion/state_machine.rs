//! An enum whose states follow one another.

use es_core::prelude::*;

#[derive(Command)]
pub struct PlaceOrder {
    pub item: String,
}

#[derive(Command)]
pub struct ShipOrder;

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub struct OrderPlaced {
    pub item: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub struct OrderShipped;

#[derive(Debug)]
pub struct AlreadyShipped;

pub enum Order {
    Placed { item: String },
    Shipped { item: String },
}

#[aggregate]
impl Order {
    #[command_handler]
    fn place(PlaceOrder { item }: PlaceOrder) -> OrderPlaced {
        OrderPlaced { item }
    }

    #[command_handler]
    fn ship(&self, _: &ShipOrder) -> Result<Option<OrderShipped>, AlreadyShipped> {
        match self {
            Order::Placed { item } if item.is_empty() => Ok(None),
            Order::Placed { .. } => Ok(Some(OrderShipped)),
            Order::Shipped { .. } => Err(AlreadyShipped),
        }
    }

    #[event_handler]
    fn placed(event: OrderPlaced) -> Self {
        Order::Placed { item: event.item }
    }

    #[event_handler]
    fn shipped(self, _: OrderShipped) -> Order {
        match self {
            Order::Placed { item } | Order::Shipped { item } => Order::Shipped { item },
        }
    }
}
