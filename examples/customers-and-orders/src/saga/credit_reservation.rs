use es_core::prelude::*;

use crate::domain::customer::{ReleaseCredit, ReserveCredit};
use crate::domain::order::{OrderCancelled, OrderCreated, RejectOrder, RejectionReason};
use crate::domain::{Customer, Order};

/// Sets the customer's credit aside for a new order, and gives it back when the order is cancelled.
pub struct CreditReservation {
    pub customers: AggregateRepository<Customer>,
    pub orders: AggregateRepository<Order>,
}

#[event_subscriber(id = "credit-reservation")]
impl CreditReservation {
    #[event_handler]
    async fn reserve(&self, cx: EventHandlerContext<'_, OrderCreated>) -> anyhow::Result<()> {
        let &OrderCreated { customer_id, total: amount } = cx.event();
        let order_id = cx.id::<Order>()?;
        let reserve = ReserveCredit { order_id, amount };
        match cx.update(&self.customers, &customer_id, reserve).await {
            Ok(_) => Ok(()),
            Err(Failure::NotFound { .. }) => {
                let reject = RejectOrder { reason: RejectionReason::UnknownCustomer };
                cx.update(&self.orders, &order_id, reject).await?;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    #[event_handler]
    async fn release(&self, cx: EventHandlerContext<'_, OrderCancelled>) -> anyhow::Result<()> {
        let customer_id = cx.event().customer_id;
        let release = ReleaseCredit { order_id: cx.id::<Order>()? };
        match cx.update(&self.customers, &customer_id, release).await {
            Ok(_) => Ok(()),
            // Then nothing was reserved.
            Err(Failure::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
