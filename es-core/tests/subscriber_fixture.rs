//! The given/when/then fixture for subscribers passes where it should, and fails where it should.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es_core::prelude::*;
use es_core::store::{Position, StoreError};
use es_core::subscription::{HandlerError, OnFailure, SubscriberOptions};
use es_core::testing::{
    SubscriberScenario, SubscriberThen, SubscriberWhen, subscriber, subscriber_on,
};
use es_core::{RetryPolicy, Uuid};
use jiff::Timestamp;
use tokio::time::Instant;

#[derive(Clone, Command)]
pub struct Reserve {
    order: Id<Order>,
    total: u32,
}

#[derive(Clone, Command)]
pub struct Approve;

#[derive(Serialize, Deserialize, Event)]
pub struct CustomerCreated {
    limit: u32,
}

#[derive(Serialize, Deserialize, Event)]
pub struct CustomerClosed {}

#[derive(Serialize, Deserialize, Event)]
pub struct CreditReserved {
    order: Id<Order>,
    total: u32,
}

#[derive(Serialize, Deserialize, Event)]
pub struct OrderCreated {
    customer: Id<Customer>,
    total: u32,
}

#[derive(Serialize, Deserialize, Event)]
pub struct OrderApproved {}

#[derive(Serialize, Deserialize, Event)]
pub struct OrderShipped {}

#[derive(Debug, thiserror::Error)]
#[error("the credit of {0} isn't enough")]
pub struct CreditExceeded(u32);

pub struct Customer {
    credit: u32,
}

#[aggregate]
impl Customer {
    #[command_handler]
    fn reserve(&self, command: Reserve) -> Result<CreditReserved, CreditExceeded> {
        let Reserve { order, total } = command;
        self.credit.checked_sub(total).ok_or(CreditExceeded(self.credit))?;
        Ok(CreditReserved { order, total })
    }

    #[event_handler]
    fn created(event: CustomerCreated) -> Self {
        Customer { credit: event.limit }
    }

    #[event_handler]
    fn reserved(&mut self, event: CreditReserved) {
        self.credit -= event.total;
    }

    #[event_handler(deletes)]
    fn closed(&mut self, _: CustomerClosed) {}
}

pub struct Order;

#[aggregate]
impl Order {
    #[command_handler]
    fn approve(&self, _: Approve) -> OrderApproved {
        OrderApproved {}
    }

    #[event_handler]
    fn created(_: OrderCreated) -> Self {
        Order
    }

    #[event_handler]
    fn approved(&mut self, _: OrderApproved) {}

    #[event_handler]
    fn shipped(&mut self, _: OrderShipped) {}
}

/// Reserves credit for each order, and approves the order then.
struct Credit {
    customers: AggregateRepository<Customer>,
    orders: AggregateRepository<Order>,
}

#[event_subscriber(id = "credit", on_failure = park)]
impl Credit {
    #[event_handler]
    async fn reserve(
        &self,
        cx: EventHandlerContext<'_, OrderCreated>,
    ) -> Result<(), RepositoryError<CreditExceeded>> {
        let OrderCreated { customer, total } = *cx.event();
        let order = cx.id::<Order>()?;
        cx.update(&self.customers, &customer, Reserve { order, total }).await?;
        Ok(())
    }

    #[event_handler]
    async fn approve(&self, cx: EventHandlerContext<'_, CreditReserved>) -> Result<(), Failure> {
        cx.update(&self.orders, &cx.event().order, Approve).await?;
        Ok(())
    }
}

/// Ends as it is told to, and remembers what came.
#[derive(Default)]
struct Told {
    errors: Mutex<VecDeque<HandlerError>>,
    totals: Mutex<HashMap<String, u32>>,
    shipped: AtomicU32,
    seen: Mutex<Vec<(Timestamp, Option<String>)>>,
}

impl Told {
    fn to_fail_with(errors: impl IntoIterator<Item = HandlerError>) -> Self {
        Told { errors: Mutex::new(errors.into_iter().collect()), ..Told::default() }
    }

    fn end(&self) -> Result<(), HandlerError> {
        self.errors.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    fn total(&self, order: Id<Order>) -> u32 {
        self.totals.lock().unwrap().get(&order.to_string()).copied().unwrap_or_default()
    }
}

#[event_subscriber(id = "told")]
impl Told {
    #[event_handler]
    async fn created(&self, cx: EventHandlerContext<'_, OrderCreated>) -> Result<(), HandlerError> {
        self.end()?;
        let seen = (cx.recorded_at(), cx.metadata().get("user").map(str::to_owned));
        self.seen.lock().unwrap().push(seen);
        let mut totals = self.totals.lock().unwrap();
        *totals.entry(cx.entity_id().to_owned()).or_default() += cx.event().total;
        Ok(())
    }

    #[event_handler]
    async fn shipped(
        &self,
        _: EventHandlerContext<'_, OrderShipped>,
        _: &mut Transaction,
    ) -> Result<(), HandlerError> {
        self.end()?;
        self.shipped.fetch_add(1, SeqCst);
        Ok(())
    }
}

/// Does nothing, for ever.
struct Stuck;

#[event_subscriber(id = "stuck")]
impl Stuck {
    #[event_handler]
    async fn created(&self, _: EventHandlerContext<'_, OrderCreated>) {
        std::future::pending().await
    }
}

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

#[derive(Default)]
pub struct Account;

#[aggregate(id = String)]
impl Account {
    #[event_handler]
    fn opened(&mut self, _: Opened) {}
}

#[derive(Default)]
pub struct Ledger;

#[aggregate(id = String)]
impl Ledger {
    #[command_handler]
    fn open(_: Approve) -> Opened {
        Opened {}
    }

    #[event_handler]
    fn opened(&mut self, _: Opened) {}
}

/// Opens a ledger for each account.
struct Ledgers(AggregateRepository<Ledger>);

#[event_subscriber(id = "ledgers")]
impl Ledgers {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>) -> Result<(), Failure> {
        if cx.entity_type() == Account::TYPE {
            cx.save_as(&self.0, cx.entity_id().to_owned(), Approve).await?;
        }
        Ok(())
    }
}

/// Approves what was approved.
struct Endless(AggregateRepository<Order>);

#[event_subscriber(id = "endless")]
impl Endless {
    #[event_handler]
    async fn approved(&self, cx: EventHandlerContext<'_, OrderApproved>) -> Result<(), Failure> {
        cx.update(&self.0, &cx.id::<Order>()?, Approve).await?;
        Ok(())
    }
}

/// Runs with appends.
struct Inline;

#[event_subscriber(id = "inline", inline)]
impl Inline {
    #[event_handler]
    async fn created(&self, _: EventHandlerContext<'_, OrderCreated>, _: &mut Transaction) {}
}

fn customer() -> Id<Customer> {
    Uuid::from_u128(1).into()
}

fn order() -> Id<Order> {
    Uuid::from_u128(2).into()
}

fn other_order() -> Id<Order> {
    Uuid::from_u128(3).into()
}

fn created(total: u32) -> OrderCreated {
    OrderCreated { customer: customer(), total }
}

fn reserved(total: u32) -> CreditReserved {
    CreditReserved { order: order(), total }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn credit() -> SubscriberScenario<Credit> {
    subscriber(|store| Credit {
        customers: AggregateRepository::new(store.clone()),
        orders: AggregateRepository::new(store),
    })
    .given(&customer(), [CustomerCreated { limit: 100 }])
}

/// A customer with a credit of 100 orders something.
fn ordered(total: u32) -> SubscriberWhen<Credit> {
    credit().when(&order(), [created(total)])
}

fn told(told: Told) -> SubscriberScenario<Told> {
    subscriber(|_| told)
}

/// Three attempts fail, and with `on_failure = block`, which is the default, one more after each pause.
fn failing(times: usize) -> SubscriberWhen<Told> {
    let errors = (0..times).map(|_| HandlerError::new("not yet"));
    told(Told::to_fail_with(errors)).when(&order(), [created(30)])
}

fn on_failure(on_failure: OnFailure) -> SubscriberScenario<Told> {
    let errors = [HandlerError::permanent("never")];
    told(Told::to_fail_with(errors)).options(SubscriberOptions::new().on_failure(on_failure))
}

#[tokio::test(start_paused = true)]
async fn what_commands_append_is_looked_at_entity_by_entity() {
    ordered(30)
        .await
        .then(&customer(), [reserved(30)])
        .then(&order(), OrderApproved {})
        .then_attempts(2)
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn what_is_given_is_not_delivered() {
    credit()
        .given(&order(), [created(30)])
        .given(&customer(), [reserved(30)])
        .when(&other_order(), [created(70)])
        .await
        .then(&customer(), [CreditReserved { order: other_order(), total: 70 }])
        .then(&other_order(), [OrderApproved {}])
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn what_is_given_may_delete_an_entity() {
    credit()
        .given(&customer(), [CustomerClosed {}])
        .when(&order(), [created(30)])
        .await
        .then_error("Customer `00000000-0000-0000-0000-000000000001` was deleted");
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_not_of_one_aggregate_only_is_told_whose_it_is() {
    let id = "DE-1".to_owned();
    subscriber(|store| Ledgers(AggregateRepository::new(store)))
        .when::<Account>(&id, Opened {})
        .await
        .then::<Ledger>(&id, Opened {})
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn a_redelivery_changes_nothing_that_goes_through_the_context() {
    ordered(30)
        .redelivered()
        .await
        .then(&customer(), [reserved(30)])
        .then(&order(), [OrderApproved {}])
        .then_attempts(4)
        .then_waits([])
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn a_redelivery_shows_what_does_not_bear_repetition() {
    told(Told::default())
        .when(&order(), [created(30)])
        .when(&order(), [OrderShipped {}])
        .redelivered()
        .await
        .then_state(|told| assert_eq!(told.total(order()), 60))
        .then_state(|told| assert_eq!(told.shipped.load(SeqCst), 2))
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_redelivery_is_over_with_its_step() {
    ordered(30)
        .redelivered()
        .await
        .then(&customer(), [reserved(30)])
        .when(&order(), [created(10)])
        .await
        .then_attempts(2)
        .then(&customer(), [reserved(10)]);
}

#[tokio::test(start_paused = true)]
async fn events_have_the_time_and_the_metadata_that_were_said_before() {
    let now: Timestamp = "2026-02-03T04:05:06Z".parse().unwrap();
    let expected = [(Timestamp::UNIX_EPOCH, None), (now, Some("ada".to_owned()))];
    told(Told::default())
        .when(&order(), [created(1)])
        .await
        .then_state(|told| assert_eq!(*told.seen.lock().unwrap(), expected[..1]));
    told(Told::default())
        .at(now)
        .metadata("user", "ada")
        .when(&order(), [created(1)])
        .await
        .then_state(|told| assert_eq!(*told.seen.lock().unwrap(), expected[1..]));
}

#[tokio::test(start_paused = true)]
async fn attempts_and_the_waits_between_them_are_exact() {
    let began = Instant::now();
    failing(2)
        .await
        .then_attempts(3)
        .then_waits([ms(100), ms(200)])
        .then_state(|told| assert_eq!(told.total(order()), 30))
        .then_nothing();
    assert!((ms(300)..ms(400)).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn options_say_how_often_and_with_what_waits() {
    let retry = RetryPolicy::attempts(4).backoff(ms(7), ms(20));
    let errors = (0..4).map(|_| HandlerError::new("not yet"));
    told(Told::to_fail_with(errors))
        .options(SubscriberOptions::new().retry(retry).on_failure(OnFailure::Skip))
        .when(&order(), [created(30)])
        .await
        .then_attempts(4)
        .then_waits([ms(7), ms(14), ms(20)])
        .then_skipped(&order(), [created(30)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_waits_with_what_comes_after_it() {
    ordered(130)
        .when(&order(), [created(30)])
        .when(&other_order(), [created(20)])
        .await
        .then_error(CreditExceeded(100))
        .then_error("the credit of 100 isn't enough")
        .then_parked(&order(), [created(130), created(30)])
        .then(&customer(), [CreditReserved { order: other_order(), total: 20 }])
        .then(&other_order(), [OrderApproved {}])
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
async fn what_is_parked_is_tried_again_when_somebody_says_so() {
    let errors = (0..4).map(|_| HandlerError::new("not yet"));
    told(Told::to_fail_with(errors))
        .options(SubscriberOptions::new().on_failure(OnFailure::Park))
        .when(&order(), [created(30)])
        .when(&order(), [OrderShipped {}])
        .await
        .then_attempts(3)
        .then_parked(&order(), (created(30), OrderShipped {}))
        .then_nothing_else()
        .after(Duration::from_secs(600))
        .await
        .then_attempts(0)
        .then_nothing_else()
        .retry()
        .await
        .then_attempts(3)
        .then_state(|told| assert_eq!((told.total(order()), told.shipped.load(SeqCst)), (30, 1)))
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn what_is_blocked_is_tried_again_after_a_while() {
    failing(4)
        .await
        .then_attempts(3)
        .then_blocked(&order(), [created(30)])
        .then_error("not yet")
        .after(ms(1_600))
        .await
        .then_attempts(1)
        .then_blocked(&order(), [created(30)])
        .after(ms(2_600))
        .await
        .then_attempts(1)
        .then_state(|told| assert_eq!(told.total(order()), 30))
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn what_is_blocked_is_tried_again_when_somebody_says_so() {
    failing(4)
        .await
        .then_blocked(&order(), [created(30)])
        .retry()
        .await
        .then_attempts(1)
        .then_blocked(&order(), [created(30)])
        .retry()
        .await
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn what_has_been_blocked_for_a_day_is_tried_again_too() {
    failing(1_000)
        .await
        .then_blocked(&order(), [created(30)])
        .after(Duration::from_secs(86_400))
        .await
        .then_blocked(&order(), [created(30)])
        .retry()
        .await
        .then_attempts(1)
        .then_blocked(&order(), [created(30)]);
}

#[tokio::test(start_paused = true)]
async fn what_was_skipped_in_one_step_is_no_matter_of_the_next() {
    let errors = (0..2).map(|_| HandlerError::permanent("never"));
    told(Told::to_fail_with(errors))
        .options(SubscriberOptions::new().on_failure(OnFailure::Skip))
        .when(&order(), [created(1)])
        .await
        .then_skipped(&order(), [created(1)])
        .when(&order(), [created(2)])
        .await
        .then_skipped(&order(), [created(2)])
        .when(&order(), [created(3)])
        .await
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_is_waited_for() {
    let outage = || HandlerError::new(StoreError::Unavailable(Arc::from(Box::from("away"))));
    told(Told::to_fail_with((0..10).map(|_| outage())))
        .when(&order(), [created(30)])
        .await
        .then_attempts(11)
        .then_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_transient_subscriber_goes_on_with_what_is_new() {
    told(Told::default())
        .options(SubscriberOptions::new().transient(true))
        .when(&order(), [created(30)])
        .await
        .then_nothing()
        .when(&order(), [created(10)])
        .await
        .then_attempts(1)
        .then_state(|told| assert_eq!(told.total(order()), 40));
}

#[tokio::test(start_paused = true)]
async fn a_scenario_on_a_store_begins_anew() {
    let store = MemoryEventStore::new();
    let errors = [HandlerError::permanent("never")];
    subscriber_on(store.clone(), |_| Told::to_fail_with(errors))
        .when(&order(), [created(30)])
        .await
        .then_blocked(&order(), [created(30)]);
    subscriber_on(store.clone(), |_| Told::default())
        .given(&order(), [created(5)])
        .options(SubscriberOptions::new().partitions(3))
        .when(&order(), [created(10)])
        .await
        .then_attempts(1)
        .then_state(|told| assert_eq!(told.total(order()), 10))
        .then_nothing();
    assert_eq!(store.feed_end().await.unwrap(), Position::new(3));
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected the events of Customer `00000000-0000-0000-0000-000000000001`
  CreditReserved {\"order\":\"00000000-0000-0000-0000-000000000002\",\"total\":31}
but there are
  CreditReserved {\"order\":\"00000000-0000-0000-0000-000000000002\",\"total\":30}
and of others
  OrderApproved {} of Order `00000000-0000-0000-0000-000000000002`
"]
async fn an_event_with_another_value_fails() {
    ordered(30).await.then(&customer(), [reserved(31)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "but there are
  none
since it isn't handled
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":130} of Order `00000000-0000-0000-0000-000000000002`: parked after 3 attempts: the credit of 100 isn't enough
"]
async fn a_missing_event_fails_and_the_error_says_why() {
    ordered(130).await.then(&customer(), [reserved(130)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected the events of Customer"]
async fn an_event_too_many_fails() {
    ordered(30).when(&order(), [created(10)]).await.then(&customer(), [reserved(30)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected no events, but there are
  CreditReserved {\"order\":\"00000000-0000-0000-0000-000000000002\",\"total\":30} of Customer `00000000-0000-0000-0000-000000000001`
  OrderApproved {} of Order `00000000-0000-0000-0000-000000000002`
"]
async fn events_in_place_of_nothing_fail() {
    ordered(30).await.then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected no other events, but there are
  OrderApproved {} of Order"]
async fn an_event_that_nobody_expects_fails() {
    ordered(30).await.then(&customer(), [reserved(30)]).then_nothing_else();
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected no events, but there are\n  CreditReserved"]
async fn events_that_were_looked_at_are_not_nothing() {
    ordered(30).await.then(&customer(), [reserved(30)]).then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "an event failed for good, and the test says nothing of it, by `then_error` or one of its kind
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":130} of Order `00000000-0000-0000-0000-000000000002`: parked after 3 attempts: the credit of 100 isn't enough
"]
async fn a_failure_in_place_of_nothing_fails() {
    ordered(130).await.then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "an event failed for good, and the test says nothing of it"]
async fn a_failure_that_the_test_is_silent_about_fails_it_at_its_end() {
    let then = ordered(30).when(&order(), [created(80)]).await;
    then.then(&customer(), [reserved(30)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "an event failed for good, and the test says nothing of it"]
async fn a_failure_that_the_test_is_silent_about_fails_it_where_it_goes_on() {
    let _ = ordered(130).await.then_attempts(3).when(&order(), [created(10)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "blocked after 4 attempts: not yet"]
async fn a_failure_that_was_expected_is_not_expected_once_more() {
    failing(4)
        .await
        .then_blocked(&order(), [created(30)])
        .after(ms(1_600))
        .await
        .then_nothing_else();
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected the error
  no
but there are
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":1} of Order `00000000-0000-0000-0000-000000000002`: skipped after 1 attempts: never
"]
async fn another_error_fails() {
    on_failure(OnFailure::Skip).when(&order(), [created(1)]).await.then_error("no");
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected the error\n  no\nbut there are\n  none"]
async fn a_missing_error_fails() {
    ordered(30).await.then_error("no");
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected to be parked, of Order `00000000-0000-0000-0000-000000000002`
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":1}
but not handled are
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":1} of Order `00000000-0000-0000-0000-000000000002`: blocked after 1 attempts: never
  OrderShipped {} of Order `00000000-0000-0000-0000-000000000002`: blocked, behind an earlier one
"]
async fn a_blocked_event_in_place_of_a_parked_one_fails() {
    on_failure(OnFailure::Block)
        .when(&order(), (created(1), OrderShipped {}))
        .await
        .then_parked(&order(), [created(1)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected to be blocked, of Order"]
async fn a_parked_event_in_place_of_a_blocked_one_fails() {
    on_failure(OnFailure::Park)
        .when(&order(), [created(1)])
        .await
        .then_blocked(&order(), [created(1)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected to be skipped, of Order"]
async fn a_parked_event_in_place_of_a_skipped_one_fails() {
    on_failure(OnFailure::Park)
        .when(&order(), [created(1)])
        .await
        .then_skipped(&order(), [created(1)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "but not handled are\n  none"]
async fn a_handled_event_in_place_of_a_parked_one_fails() {
    ordered(30).await.then_parked(&order(), [created(30)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected 2 attempts, but there are 3
  `created` on OrderCreated of Order `00000000-0000-0000-0000-000000000002`: failed: not yet
  `created` on OrderCreated of Order `00000000-0000-0000-0000-000000000002`: failed: not yet
  `created` on OrderCreated of Order `00000000-0000-0000-0000-000000000002`: handled it
"]
async fn another_number_of_attempts_fails() {
    failing(2).await.then_attempts(2);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected 1 attempts, but there are 2
  `created` on OrderCreated of Order `00000000-0000-0000-0000-000000000002`: handled it, before the redelivery
  `created` on"]
async fn a_redelivery_is_an_attempt() {
    failing(0).redelivered().await.then_attempts(1);
}

#[tokio::test(start_paused = true)]
#[should_panic = "expected the waits\n  100 ms\nbut there are\n  100 ms\n  200 ms\n"]
async fn other_waits_fail() {
    failing(2).await.then_waits([ms(100)]);
}

#[tokio::test(start_paused = true)]
#[should_panic = "nobody looked at what the subscriber did"]
async fn an_outcome_that_nobody_looks_at_fails() {
    let _ = ordered(30).await;
}

#[tokio::test(start_paused = true)]
#[should_panic = "nobody looked at what the subscriber did"]
async fn an_outcome_that_nobody_looks_at_fails_where_the_scenario_goes_on() {
    let _ = ordered(30).await.retry();
}

#[tokio::test(start_paused = true)]
#[should_panic = "`told` has no handler for any of these events of Order, so nothing is tested\n  OrderApproved\n"]
async fn events_that_no_handler_takes_fail() {
    told(Told::default()).when(&order(), [OrderApproved {}]).await.then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "the event is neither handled nor given up, after 1 attempts
  OrderCreated {\"customer\":\"00000000-0000-0000-0000-000000000001\",\"total\":1} of Order `00000000-0000-0000-0000-000000000002`
the last one
  `created` on OrderCreated of Order `00000000-0000-0000-0000-000000000002`: is still at work"]
async fn a_handler_that_does_not_end_fails() {
    subscriber(|_| Stuck).when(&order(), [created(1)]).await.then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "failed: the database can't be reached: away"]
async fn an_outage_that_does_not_end_fails() {
    let outage = || HandlerError::new(StoreError::Unavailable(Arc::from(Box::from("away"))));
    told(Told::to_fail_with((0..1_000).map(|_| outage())))
        .when(&order(), [created(1)])
        .await
        .then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "what the subscriber does leads to events that it handles, without end; the last of 1001
  OrderApproved {} of Order `00000000-0000-0000-0000-000000000002`"]
async fn a_subscriber_that_keeps_itself_busy_fails() {
    subscriber(|store| Endless(AggregateRepository::new(store)))
        .when(&order(), (created(1), OrderApproved {}))
        .await
        .then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "`inline` is `inline`: give it to an `InlineStore`"]
async fn what_keeps_a_subscriber_from_being_run_fails() {
    subscriber(|_| Inline).when(&order(), [created(1)]).await.then_nothing();
}

#[tokio::test(start_paused = true)]
#[should_panic = "`inline` is `inline`"]
async fn what_keeps_a_subscriber_from_being_run_fails_also_where_nobody_looks() {
    let _: SubscriberThen<Inline> = subscriber(|_| Inline).when(&order(), [created(1)]).await;
}

#[tokio::test(start_paused = true)]
#[should_panic = "the handler panicked: only once"]
async fn a_handler_that_panics_fails() {
    /// Panics.
    struct Panics;

    #[event_subscriber(id = "panics", on_failure = skip)]
    impl Panics {
        #[event_handler]
        async fn created(&self, _: EventHandlerContext<'_, OrderCreated>) {
            panic!("only once")
        }
    }

    subscriber(|_| Panics).when(&order(), [created(1)]).await.then_nothing();
}

/// A panic names the line of the test, not one of the fixture.
#[test]
fn a_failure_is_where_the_assertion_is() {
    let places = Arc::new(Mutex::new(Vec::new()));
    let hook = std::panic::take_hook();
    let found = Arc::clone(&places);
    let this_test = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        // The hook is the whole program's, and other tests panic too.
        if std::thread::current().id() != this_test {
            return;
        }
        let place = panic.location().map(|place| place.file().to_owned());
        found.lock().unwrap().push(place.unwrap_or_default());
    }));
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let failing: [fn(SubscriberThen<Credit>); 5] = [
        |then| drop(then.then(&customer(), [reserved(31)])),
        |then| drop(then.then_nothing()),
        |then| drop(then.then_error("no")),
        |then| drop(then.then_parked(&order(), [created(30)])),
        |then| drop(then.then_attempts(9)),
    ];
    for fails in failing {
        let failed = std::panic::catch_unwind(move || {
            runtime().unwrap().block_on(async move { fails(ordered(30).await) })
        });
        assert!(failed.is_err());
    }
    std::panic::set_hook(hook);
    let places = places.lock().unwrap();
    assert!(places.len() == 5 && places.iter().all(|file| file.ends_with(file!())), "{places:?}");
}
