//! What follows from what, in the saga of an order.

use customers_and_orders::domain::customer::*;
use customers_and_orders::domain::order::*;
use customers_and_orders::domain::{Customer, Order};
use customers_and_orders::saga::{CreditReservation, OrderApproval};
use es_core::testing::{SubscriberScenario, subscriber};
use es_core::{AggregateRepository, Id};

fn credit_reservation() -> SubscriberScenario<CreditReservation> {
    subscriber(|store| CreditReservation {
        customers: AggregateRepository::new(store.clone()),
        orders: AggregateRepository::new(store),
    })
}

fn order_approval() -> SubscriberScenario<OrderApproval> {
    subscriber(|store| OrderApproval { orders: AggregateRepository::new(store) })
}

fn ids() -> (Id<Customer>, Id<Order>) {
    (Id::new(), Id::new())
}

fn customer(credit_limit: u16) -> CustomerCreated {
    CustomerCreated { name: "Ada".into(), credit_limit: credit_limit.into() }
}

fn order(customer_id: Id<Customer>, total: u16) -> OrderCreated {
    OrderCreated { customer_id, total: total.into() }
}

#[tokio::test(start_paused = true)]
async fn a_new_order_reserves_credit_once() {
    let (ada, order_id) = ids();
    credit_reservation()
        .given(&ada, customer(100))
        .when(&order_id, order(ada, 60))
        .redelivered()
        .await
        .then(&ada, CreditReserved { order_id, amount: 60.into() })
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn a_new_order_beyond_the_limit_is_told_so() {
    let (ada, order_id) = ids();
    credit_reservation()
        .given(&ada, customer(100))
        .when(&order_id, order(ada, 101))
        .redelivered()
        .await
        .then(&ada, CreditReservationFailed { order_id, amount: 101.into() })
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn an_order_of_nobody_is_rejected() {
    let (nobody, order_id) = ids();
    credit_reservation()
        .when(&order_id, order(nobody, 60))
        .redelivered()
        .await
        .then(&order_id, OrderRejected { reason: RejectionReason::UnknownCustomer })
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_order_gives_its_credit_back_once() {
    let (ada, order_id) = ids();
    credit_reservation()
        .given(&ada, (customer(100), CreditReserved { order_id, amount: 60.into() }))
        .given(&order_id, order(ada, 60))
        .when(&order_id, OrderCancelled { customer_id: ada })
        .redelivered()
        .await
        .then(&ada, CreditReleased { order_id, amount: 60.into() })
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_order_of_nobody_changes_nothing() {
    let (nobody, order_id) = ids();
    credit_reservation()
        .given(&order_id, order(nobody, 60))
        .when(&order_id, OrderCancelled { customer_id: nobody })
        .await
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn an_order_is_approved_when_its_credit_is_reserved() {
    let (ada, order_id) = ids();
    order_approval()
        .given(&order_id, order(ada, 60))
        .given(&ada, customer(100))
        .when(&ada, CreditReserved { order_id, amount: 60.into() })
        .redelivered()
        .await
        .then(&order_id, OrderApproved {})
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn an_order_is_rejected_when_the_credit_is_not_enough() {
    let (ada, order_id) = ids();
    order_approval()
        .given(&order_id, order(ada, 60))
        .given(&ada, customer(10))
        .when(&ada, CreditReservationFailed { order_id, amount: 60.into() })
        .redelivered()
        .await
        .then(&order_id, OrderRejected { reason: RejectionReason::InsufficientCredit })
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_cancelled_meanwhile_stays_cancelled() {
    let (ada, order_id) = ids();
    order_approval()
        .given(&order_id, (order(ada, 60), OrderCancelled { customer_id: ada }))
        .given(&ada, customer(100))
        .when(&ada, CreditReserved { order_id, amount: 60.into() })
        .await
        .then_nothing_else();
}
