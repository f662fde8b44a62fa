use es_core::prelude::*;

use crate::domain::Order;
use crate::domain::customer::{CreditReservationFailed, CreditReserved};
use crate::domain::order::{ApproveOrder, RejectOrder, RejectionReason};

/// Approves or rejects an order when its customer's credit is known.
pub struct OrderApproval {
    pub orders: AggregateRepository<Order>,
}

#[event_subscriber(id = "order-approval")]
impl OrderApproval {
    #[event_handler]
    async fn approve(&self, cx: EventHandlerContext<'_, CreditReserved>) -> anyhow::Result<()> {
        cx.update(&self.orders, &cx.event().order_id, ApproveOrder).await?;
        Ok(())
    }

    #[event_handler]
    async fn reject(
        &self,
        cx: EventHandlerContext<'_, CreditReservationFailed>,
    ) -> anyhow::Result<()> {
        let reject = RejectOrder { reason: RejectionReason::InsufficientCredit };
        cx.update(&self.orders, &cx.event().order_id, reject).await?;
        Ok(())
    }
}
