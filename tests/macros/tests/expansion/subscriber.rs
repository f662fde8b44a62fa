//! A subscriber that sets all that it can, and one that is inline.

use es_core::prelude::*;
use es_core::subscription::HandlerError;

#[derive(Serialize, Deserialize, Event)]
pub struct OrderCreated {
    pub total: u64,
}

#[derive(Serialize, Deserialize, Event)]
pub struct OrderApproved;

#[derive(Serialize, Deserialize, Event)]
pub struct OrderRejected;

pub struct OrderHistory;

#[event_subscriber(
    id = "order-history",
    lanes = 8,
    partitions = 32,
    batch = 500,
    start = end,
    on_failure = park
)]
impl OrderHistory {
    #[event_handler]
    async fn created(&self, cx: EventHandlerContext<'_, OrderCreated>) {
        let _ = cx.event().total;
    }

    #[event_handler]
    async fn approved(
        &self,
        cx: EventHandlerContext<'_, OrderApproved>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let _ = (cx, tx);
        Ok(())
    }

    #[cfg(test)]
    #[event_handler]
    async fn rejected(&self, cx: EventHandlerContext<'_, OrderRejected>) -> Result<(), Failure> {
        let _ = cx;
        Ok(())
    }
}

pub struct OpenOrders;

#[event_subscriber(id = "open-orders", inline)]
impl OpenOrders {
    #[event_handler]
    async fn created(&self, _: EventHandlerContext<'_, OrderCreated>, _: &mut Transaction) {}
}
