use es_core::prelude::*;

use super::Database;
use super::database::Value::{Number, Text};
use crate::domain::Money;
use crate::domain::customer::{
    CreditReleased, CreditReservationFailed, CreditReserved, CustomerCreated,
};
use crate::domain::order::{
    OrderApproved, OrderCancelled, OrderCreated, OrderRejected, OrderState,
};

/// Keeps the tables of customers and orders.
pub struct OrderHistory {
    pub database: Database,
}

#[event_subscriber(id = "order-history")]
impl OrderHistory {
    #[event_handler]
    async fn customer_created(
        &self,
        cx: EventHandlerContext<'_, CustomerCreated>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        let add = "INSERT INTO history_customers (id, created_position, name, credit_limit, reserved, changes)
                   VALUES ($1, $2, $3, $4, 0, 1)";
        let CustomerCreated { name, credit_limit } = cx.event();
        let values =
            [Text(cx.entity_id()), position(&cx), Text(name), Number(credit_limit.as_i64())];
        self.database.change_row(tx, add, &values).await
    }

    #[event_handler]
    async fn credit_reserved(
        &self,
        cx: EventHandlerContext<'_, CreditReserved>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        self.add_reserved(tx, cx.entity_id(), cx.event().amount.as_i64()).await
    }

    #[event_handler]
    async fn credit_reservation_failed(
        &self,
        cx: EventHandlerContext<'_, CreditReservationFailed>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        self.add_reserved(tx, cx.entity_id(), Money::ZERO.as_i64()).await
    }

    #[event_handler]
    async fn credit_released(
        &self,
        cx: EventHandlerContext<'_, CreditReleased>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        self.add_reserved(tx, cx.entity_id(), -cx.event().amount.as_i64()).await
    }

    #[event_handler]
    async fn order_created(
        &self,
        cx: EventHandlerContext<'_, OrderCreated>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        let add =
            "INSERT INTO history_orders (id, created_position, customer_id, total, state, changes)
                   VALUES ($1, $2, $3, $4, $5, 1)";
        let OrderCreated { customer_id, total } = cx.event();
        let customer_id = customer_id.to_string();
        let values = [
            Text(cx.entity_id()),
            position(&cx),
            Text(&customer_id),
            Number(total.as_i64()),
            Text(OrderState::Pending.name()),
        ];
        self.database.change_row(tx, add, &values).await
    }

    #[event_handler]
    async fn order_approved(
        &self,
        cx: EventHandlerContext<'_, OrderApproved>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        self.set_state(tx, cx.entity_id(), OrderState::Approved).await
    }

    #[event_handler]
    async fn order_rejected(
        &self,
        cx: EventHandlerContext<'_, OrderRejected>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        let reject = "UPDATE history_orders SET state = $1, reason = $2, changes = changes + 1 WHERE id = $3";
        let state = OrderState::Rejected(cx.event().reason);
        let values = [Text(state.name()), Text(cx.event().reason.name()), Text(cx.entity_id())];
        self.database.change_row(tx, reject, &values).await
    }

    #[event_handler]
    async fn order_cancelled(
        &self,
        cx: EventHandlerContext<'_, OrderCancelled>,
        tx: &mut Transaction,
    ) -> anyhow::Result<()> {
        self.set_state(tx, cx.entity_id(), OrderState::Cancelled).await
    }
}

impl OrderHistory {
    async fn add_reserved(
        &self,
        tx: &mut Transaction,
        customer: &str,
        cents: i64,
    ) -> anyhow::Result<()> {
        let add = "UPDATE history_customers SET reserved = reserved + $1, changes = changes + 1 WHERE id = $2";
        self.database.change_row(tx, add, &[Number(cents), Text(customer)]).await
    }

    async fn set_state(
        &self,
        tx: &mut Transaction,
        order: &str,
        state: OrderState,
    ) -> anyhow::Result<()> {
        let set = "UPDATE history_orders SET state = $1, changes = changes + 1 WHERE id = $2";
        self.database.change_row(tx, set, &[Text(state.name()), Text(order)]).await
    }
}

/// The event's place among all events, by which the rows are listed.
fn position<'a, E>(cx: &EventHandlerContext<'_, E>) -> super::database::Value<'a> {
    let position = cx.position().map_or(0, |position| position.get());
    Number(i64::try_from(position).unwrap_or(i64::MAX))
}
