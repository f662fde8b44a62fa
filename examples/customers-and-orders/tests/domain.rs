//! What customers and orders decide.

use customers_and_orders::domain::customer::*;
use customers_and_orders::domain::order::*;
use customers_and_orders::domain::{Customer, Money, Order};
use es_core::Id;
use es_core::testing::{given, given_nothing};

fn created(credit_limit: u16) -> CustomerCreated {
    CustomerCreated { name: "Ada".into(), credit_limit: credit_limit.into() }
}

fn reserve(order_id: Id<Order>, amount: u16) -> ReserveCredit {
    ReserveCredit { order_id, amount: amount.into() }
}

fn reserved(order_id: Id<Order>, amount: u16) -> CreditReserved {
    CreditReserved { order_id, amount: amount.into() }
}

fn order() -> OrderCreated {
    OrderCreated { customer_id: Id::new(), total: 40.into() }
}

#[test]
fn a_customer_starts_with_the_whole_credit() {
    given_nothing::<Customer>()
        .when(CreateCustomer { name: "Ada".into(), credit_limit: 100.into() })
        .then(created(100));
}

#[test]
fn credit_is_reserved_up_to_the_limit() {
    let (first, second) = (Id::new(), Id::new());
    given::<Customer>((created(100), reserved(first, 60)))
        .when(reserve(second, 40))
        .then(reserved(second, 40));
}

#[test]
fn credit_beyond_the_limit_is_not_reserved() {
    let (first, second) = (Id::new(), Id::new());
    given::<Customer>((created(100), reserved(first, 60)))
        .when(reserve(second, 41))
        .then(CreditReservationFailed { order_id: second, amount: 41.into() });
}

#[test]
fn an_amount_that_overflows_is_not_reserved() {
    let (first, second) = (Id::new(), Id::new());
    given::<Customer>((created(100), reserved(first, 60)))
        .when(ReserveCredit { order_id: second, amount: Money::MAX })
        .then(CreditReservationFailed { order_id: second, amount: Money::MAX });
}

#[test]
fn released_credit_can_be_reserved_again() {
    let (first, second) = (Id::new(), Id::new());
    let released = CreditReleased { order_id: first, amount: 60.into() };
    given::<Customer>((created(100), reserved(first, 60)))
        .when(ReleaseCredit { order_id: first })
        .then(released.clone());
    given::<Customer>((created(100), reserved(first, 60), released))
        .when(reserve(second, 100))
        .then(reserved(second, 100));
}

#[test]
fn credit_that_is_not_reserved_is_not_released() {
    given::<Customer>(created(100)).when(ReleaseCredit { order_id: Id::new() }).then_nothing();
}

#[test]
fn an_order_is_pending_until_it_is_decided() {
    let OrderCreated { customer_id, total } = order();
    given_nothing::<Order>()
        .when(CreateOrder { customer_id, total })
        .then(OrderCreated { customer_id, total });
    given::<Order>(order()).when(ApproveOrder).then(OrderApproved {});
    let reason = RejectionReason::InsufficientCredit;
    given::<Order>(order()).when(RejectOrder { reason }).then(OrderRejected { reason });
}

#[test]
fn an_order_can_be_cancelled_until_it_is_rejected() {
    let created = order();
    let cancelled = OrderCancelled { customer_id: created.customer_id };
    given::<Order>(created.clone()).when(CancelOrder).then(cancelled.clone());
    given::<Order>((created.clone(), OrderApproved {})).when(CancelOrder).then(cancelled.clone());

    given::<Order>((created.clone(), cancelled))
        .when(CancelOrder)
        .then_error(CantCancel(OrderState::Cancelled));
    let reason = RejectionReason::UnknownCustomer;
    given::<Order>((created, OrderRejected { reason }))
        .when(CancelOrder)
        .then_error(CantCancel(OrderState::Rejected(reason)));
}

#[test]
fn a_decision_that_comes_after_the_cancellation_changes_nothing() {
    let created = order();
    let cancelled = OrderCancelled { customer_id: created.customer_id };
    given::<Order>((created.clone(), cancelled.clone())).when(ApproveOrder).then_nothing();
    let reason = RejectionReason::InsufficientCredit;
    given::<Order>((created, cancelled)).when(RejectOrder { reason }).then_nothing();
}
