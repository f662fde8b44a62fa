//! What subscribers do at work that is the same on every store: which handlers go into a transaction, how often they are
//! called, and what is kept of them when they are to end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

mod running;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es_core::prelude::*;
use es_core::store::{Append, Position, StoreError};
use es_core::subscription::{
    Advance, ControlError, EntityKey, HandlerError, OnFailure, Retry, SubscriberOptions,
    SubscriptionControl, Subscriptions, WaitError,
};
use es_core::{EncodeError, EventId, RetryPolicy, StoredEvent};
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use running::Run;

#[derive(Clone, Command)]
pub struct Open;

#[derive(Clone, Command)]
pub struct Deposit;

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

#[derive(Serialize, Deserialize, Event)]
#[event(version = 2)]
pub struct Deposited {
    amount: u32,
}

pub struct Account;

#[aggregate(id = String)]
impl Account {
    #[command_handler]
    fn open(_: Open) -> Opened {
        Opened {}
    }

    #[command_handler]
    fn deposit(&self, _: Deposit) -> Deposited {
        Deposited { amount: 1 }
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Account
    }

    #[event_handler]
    fn deposited(&mut self, _: Deposited) {}

    #[upcaster(event = "Deposited", from = 1)]
    fn with_amount(json: serde_json::Value) -> serde_json::Value {
        serde_json::json!({ "amount": json["euros"].as_u64().expect("euros") })
    }
}

type Calls = Arc<Mutex<Vec<(String, u64, u32)>>>;

/// Remembers how it was called, and ends as it is told to.
#[derive(Clone, Default)]
struct Mixed {
    calls: Calls,
    errors: Arc<Mutex<VecDeque<HandlerError>>>,
}

impl Mixed {
    fn call<E>(&self, cx: &EventHandlerContext<'_, E>) -> Result<(), HandlerError> {
        let call = (cx.entity_id().to_owned(), cx.version().get(), cx.attempt());
        self.calls.lock().unwrap().push(call);
        self.errors.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    /// The versions with which it was called, and how often it had been.
    fn calls(&self) -> Vec<(u64, u32)> {
        self.calls
            .lock()
            .unwrap()
            .iter()
            .map(|(_, version, attempt)| (*version, *attempt))
            .collect()
    }

    fn fails_with(errors: impl IntoIterator<Item = HandlerError>) -> Self {
        let errors = errors.into_iter().collect();
        Mixed { errors: Arc::new(Mutex::new(errors)), ..Mixed::default() }
    }
}

#[event_subscriber(id = "mixed")]
impl Mixed {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>) -> Result<(), HandlerError> {
        self.call(&cx)
    }

    #[event_handler]
    async fn deposited(
        &self,
        cx: EventHandlerContext<'_, Deposited>,
        _: &mut Transaction,
    ) -> Result<(), HandlerError> {
        self.call(&cx)
    }
}

/// Works on an event as long as nobody lets it go on.
#[derive(Clone)]
struct Slow {
    begun: Arc<AtomicU32>,
    goes_on: Arc<Semaphore>,
}

#[event_subscriber(id = "slow")]
impl Slow {
    #[event_handler]
    async fn deposited(&self, _: EventHandlerContext<'_, Deposited>) {
        self.begun.fetch_add(1, SeqCst);
        self.goes_on.acquire().await.unwrap().forget();
    }
}

/// An account with so many deposits.
async fn account(store: &MemoryEventStore, id: &str, deposits: u32) {
    let accounts = AggregateRepository::<Account>::new(store.clone());
    accounts.save_as(id.to_owned(), Open).await.unwrap();
    for _ in 0..deposits {
        accounts.update(&id.to_owned(), Deposit).await.unwrap();
    }
}

fn options() -> SubscriberOptions {
    let short = Duration::from_millis(1);
    SubscriberOptions::new()
        .retry(RetryPolicy::attempts(3).backoff(short, short))
        .on_failure(OnFailure::Park)
}

/// Outages, of the store itself and as a repository tells them.
fn outages(times: u32) -> impl Iterator<Item = HandlerError> {
    (0..times).map(|time| {
        let (away, full) = (Arc::from(Box::from("away")), Arc::from(Box::from("full")));
        match time % 2 {
            0 => HandlerError::new(StoreError::Unavailable(away)),
            _ => HandlerError::new(RepositoryError::<Infallible>::from(StoreError::Full(full))),
        }
    })
}

/// A deposit that waits, and wasn't tried: the event before it failed, and was skipped since.
async fn deposit_that_waits() -> MemoryEventStore {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::fails_with([HandlerError::permanent("a bug")]);
    assert_eq!(run_to_the_end(&store, &mixed, options()).await, 2);
    let control = Subscriptions::new(store.clone()).control();
    control.skip("mixed", Position::new(1)).await.unwrap();
    store
}

async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !condition().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.expect("it becomes true");
}

async fn caught_up(control: &SubscriptionControl, id: &str) {
    timeout(Duration::from_secs(60), control.caught_up(id)).await.expect("in time").unwrap();
}

/// Runs it until it has handled everything.
async fn run_to_the_end(
    store: &MemoryEventStore,
    mixed: &Mixed,
    options: SubscriberOptions,
) -> u64 {
    let run = Run::of(Subscriptions::new(store.clone()).subscribe_with(mixed.clone(), options));
    caught_up(&run.control, "mixed").await;
    let waiting = run.control.status("mixed").await.unwrap().waiting_events;
    run.stop().await;
    waiting
}

#[tokio::test(start_paused = true)]
async fn handlers_with_and_without_a_transaction_take_turns() {
    for transient in [false, true] {
        let store = MemoryEventStore::new();
        for id in ["a", "b", "c"] {
            account(&store, id, 2).await;
        }
        let mixed = Mixed::default();
        assert_eq!(run_to_the_end(&store, &mixed, options().transient(transient)).await, 0);
        let mut calls = mixed.calls.lock().unwrap().clone();
        calls.sort();
        let expected: Vec<_> = ["a", "b", "c"]
            .iter()
            .flat_map(|id| (1..=3).map(|version| ((*id).to_owned(), version, 1)))
            .collect();
        assert_eq!(calls, expected, "transient: {transient}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_given_up_after_as_many_attempts_as_are_allowed() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::fails_with((0..6).map(|_| HandlerError::new("not yet")));
    let run = Run::of(Subscriptions::new(store.clone()).subscribe_with(mixed.clone(), options()));
    caught_up(&run.control, "mixed").await;
    assert_eq!(mixed.calls(), [(1, 1), (1, 2), (1, 3)]);
    // Who asks for another try gets as many as a new event has.
    run.control.retry("mixed", None).await.unwrap();
    until(async || mixed.calls().len() == 6).await;
    until(async || run.control.status("mixed").await.unwrap().parked_events == 1).await;
    assert_eq!(mixed.calls()[3..], [(1, 4), (1, 5), (1, 6)]);
    let entity = EntityKey::new("Account", "a");
    run.control.retry("mixed", Some(&entity)).await.unwrap();
    until(async || run.control.status("mixed").await.unwrap().waiting_events == 0).await;
    assert_eq!(mixed.calls()[6..], [(1, 7), (2, 1)]);

    // What comes then doesn't wait any more.
    let accounts = AggregateRepository::<Account>::new(store);
    let changed = accounts.update(&"a".to_owned(), Deposit).await.unwrap();
    run.control.wait_for("mixed", &changed.token(), Duration::from_secs(9)).await.unwrap();
    run.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_is_no_fault_of_the_event() {
    let store = MemoryEventStore::new();
    account(&store, "a", 0).await;
    let errors = outages(10).chain([HandlerError::new("an error")]);
    let mixed = Mixed::fails_with(errors);
    assert_eq!(run_to_the_end(&store, &mixed, options()).await, 0);
    assert_eq!(mixed.calls().len(), 12);
    assert_eq!(mixed.calls()[9..], [(1, 1), (1, 1), (1, 2)]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_store_is_no_fault_of_an_event_that_waits() {
    for on_failure in [OnFailure::Block, OnFailure::Skip, OnFailure::Park] {
        let store = deposit_that_waits().await;
        let mixed = Mixed::fails_with(outages(10));
        let options = options().on_failure(on_failure);
        let run = Run::of(Subscriptions::new(store).subscribe_with(mixed.clone(), options));
        until(async || run.control.status("mixed").await.unwrap().waiting_events == 0).await;
        assert_eq!(mixed.calls(), [(2, 1); 11], "{on_failure:?}");
        run.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_waited_is_tried_before_it_is_skipped() {
    let busy = |times| Mixed::fails_with((0..times).map(|_| HandlerError::new("busy")));
    let never = Mixed::fails_with([HandlerError::permanent("never")]);
    let tried = [(busy(2), 3, None), (busy(9), 3, Some("busy")), (never, 1, Some("never"))];
    for (mixed, tries, error) in tried {
        let store = deposit_that_waits().await;
        let options = options().on_failure(OnFailure::Skip);
        let run = Run::of(Subscriptions::new(store).subscribe_with(mixed.clone(), options));
        until(async || run.control.status("mixed").await.unwrap().waiting_events == 0).await;
        let expected: Vec<_> = (1..=tries).map(|attempt| (2, attempt)).collect();
        assert_eq!(mixed.calls(), expected);
        assert_eq!(run.control.status("mixed").await.unwrap().last_error.as_deref(), error);
        run.stop().await;
    }
}

/// How often an event is tried, new or waiting, depends on the error that it failed with last.
#[tokio::test(start_paused = true)]
async fn errors_have_retry_policies_of_their_own() {
    const BUSY: RetryPolicy = RetryPolicy::attempts(5);
    let busy = || (0..9).map(|_| HandlerError::again_with(BUSY, "busy"));
    let an_error = || (0..9).map(|_| HandlerError::new("an error"));
    let failing: [(Vec<_>, u32); 4] = [
        (an_error().collect(), 3),
        (busy().collect(), 5),
        (busy().take(2).chain(an_error()).collect(), 3),
        (an_error().take(2).chain(busy()).collect(), 5),
    ];
    for (errors, tries) in failing {
        let new = MemoryEventStore::new();
        account(&new, "a", 0).await;
        for (store, version) in [(new, 1), (deposit_that_waits().await, 2)] {
            let mixed = Mixed::fails_with(errors.iter().map(|error| match error.retry() {
                Retry::With(policy) => HandlerError::again_with(policy, error.to_string()),
                _ => HandlerError::new(error.to_string()),
            }));
            let options = options().on_failure(OnFailure::Skip);
            let run = Run::of(Subscriptions::new(store).subscribe_with(mixed.clone(), options));
            caught_up(&run.control, "mixed").await;
            until(async || run.control.status("mixed").await.unwrap().waiting_events == 0).await;
            let expected: Vec<_> = (1..=tries).map(|attempt| (version, attempt)).collect();
            assert_eq!(mixed.calls(), expected);
            run.stop().await;
        }
    }
}

/// As where it costs its process the lease each time.
#[tokio::test(start_paused = true)]
async fn how_often_an_event_failed_is_known_to_new_lanes() {
    let store = MemoryEventStore::new();
    account(&store, "a", 0).await;
    let mixed = Mixed::fails_with((0..9).map(|_| HandlerError::new("an error")));
    let hour = Duration::from_secs(3600);
    let options = options().retry(RetryPolicy::attempts(3).backoff(hour, hour));
    let run = Run::of(Subscriptions::new(store).subscribe_with(mixed.clone(), options));
    for calls in 1..=2 {
        until(async || mixed.calls().len() == calls).await;
        run.control.pause("mixed").await.unwrap();
        sleep(Duration::from_millis(100)).await;
        run.control.resume("mixed").await.unwrap();
    }
    until(async || run.control.status("mixed").await.unwrap().parked_events == 1).await;
    assert_eq!(mixed.calls(), [(1, 1), (1, 2), (1, 3)]);
    run.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_skipped_at_the_end_is_not_handled_again() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let options = options().on_failure(OnFailure::Skip);
    let mixed = Mixed::fails_with((0..6).map(|_| HandlerError::permanent("never")));
    run_to_the_end(&store, &mixed, options.clone()).await;
    assert_eq!(mixed.calls(), [(1, 1), (2, 1)]);
    run_to_the_end(&store, &mixed, options).await;
    assert_eq!(mixed.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_reset_is_seen_without_new_events() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::default();
    let run = Run::of(Subscriptions::new(store).subscribe(mixed.clone()));
    caught_up(&run.control, "mixed").await;
    run.control.reset("mixed", Position::new(1)).await.unwrap();
    until(async || mixed.calls().len() == 3).await;
    run.stop().await;
    assert_eq!(mixed.calls(), [(1, 1), (2, 1), (2, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_position_that_there_is_not_yet_is_no_place_to_go_on_from() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::default();
    run_to_the_end(&store, &mixed, options()).await;
    let control = Subscriptions::new(store.clone()).control();
    let refused = control.reset("mixed", Position::new(3)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "there is no position 3 yet: the newest event is at 2, and later ones would be passed over"
    );
    control.reset("mixed", Position::new(2)).await.unwrap();
    account(&store, "b", 0).await;
    run_to_the_end(&store, &mixed, options()).await;
    assert_eq!(mixed.calls(), [(1, 1), (2, 1), (1, 1)]);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_told_until_no_event_waits() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::fails_with([HandlerError::permanent("not today")]);
    let run = Run::of(Subscriptions::new(store).subscribe_with(mixed, options()));
    caught_up(&run.control, "mixed").await;
    let told = run.control.status("mixed").await.unwrap();
    assert_eq!((told.last_error.as_deref(), told.waiting_events), (Some("not today"), 2));
    run.control.retry("mixed", None).await.unwrap();
    until(async || run.control.status("mixed").await.unwrap().waiting_events == 0).await;
    assert_eq!(run.control.status("mixed").await.unwrap().last_error, None);
    run.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_skipped_event_stays() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::fails_with([HandlerError::permanent("not today")]);
    let options = options().on_failure(OnFailure::Skip);
    let run = Run::of(Subscriptions::new(store).subscribe_with(mixed.clone(), options));
    caught_up(&run.control, "mixed").await;
    assert_eq!(mixed.calls(), [(1, 1), (2, 1)]);
    let told = run.control.status("mixed").await.unwrap();
    assert_eq!(told.last_error.as_deref(), Some("not today"));
    run.stop().await;
}

/// A deposit of no amount, in a version.
struct Broken(u32);

impl StoredEvent for Broken {
    fn event_type(&self) -> &'static str {
        "Deposited"
    }

    fn schema_version(&self) -> u32 {
        self.0
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend_from_slice(b"{}");
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_read_waits() {
    for (version, told) in [(7, "version"), (2, "missing field `amount`"), (1, "panic: euros")] {
        let store = MemoryEventStore::new();
        account(&store, "a", 0).await;
        let mut append = Append::new("Account", "a".to_owned(), Version::new(1), Timestamp::now());
        append.push(EventId::new(), &Broken(version)).unwrap();
        store.append(append).await.unwrap();
        account(&store, "b", 0).await;
        let mixed = Mixed::default();
        assert_eq!(run_to_the_end(&store, &mixed, options()).await, 1);
        assert_eq!(mixed.calls(), [(1, 1), (1, 1)]);
        let control = Subscriptions::new(store).subscribe(mixed).control();
        let letters = control.dead_letters("mixed", Position::START, 9).await.unwrap();
        assert!(letters[0].error.as_ref().unwrap().contains(told), "{letters:?}");
    }
}

/// Nobody else may go on as if nothing had happened.
#[tokio::test(start_paused = true)]
#[should_panic(expected = "what is this error")]
async fn what_panics_and_is_no_handler_ends_the_run() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let mixed = Mixed::fails_with([HandlerError::new("an error")]);
    let options = options().retry_if(|_| panic!("what is this error"));
    let subscriptions = Subscriptions::new(store).subscribe_with(mixed, options);
    let run = subscriptions.run(std::future::pending());
    timeout(Duration::from_secs(60), run).await.expect("it ends").unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_in_hand_at_the_end_is_finished_and_nothing_else_is_begun() {
    let store = MemoryEventStore::new();
    account(&store, "a", 3).await;
    let slow = Slow { begun: Arc::default(), goes_on: Arc::new(Semaphore::new(0)) };
    let run = Run::of(Subscriptions::new(store.clone()).subscribe(slow.clone()));
    until(async || slow.begun.load(SeqCst) == 1).await;
    let Run { control, stop, task } = run;
    stop.send(()).unwrap();
    // By the test's clock: it is asked to end, and waits.
    sleep(Duration::from_secs(1)).await;
    slow.goes_on.add_permits(1);
    task.await.unwrap().unwrap();
    assert_eq!(slow.begun.load(SeqCst), 1);
    let status = control.status("slow").await.unwrap();
    assert_eq!((status.members, status.lag_events), (0, 2));

    slow.goes_on.add_permits(9);
    let run = Run::of(Subscriptions::new(store).subscribe(slow.clone()));
    caught_up(&run.control, "slow").await;
    run.stop().await;
    assert_eq!(slow.begun.load(SeqCst), 3);
}

#[tokio::test]
async fn a_subscriber_is_as_far_as_the_last_of_its_partitions() {
    let store = MemoryEventStore::new();
    account(&store, "a", 3).await;
    let subscriptions = store.subscriptions().unwrap();
    subscriptions.register("mixed", 2, Position::START).await.unwrap();
    let leases = subscriptions.acquire("mixed", "me", 2, Duration::from_secs(9)).await.unwrap();
    for (lease, position) in leases.iter().zip([4, 2]) {
        let held = [lease.held];
        let advance = Advance::new("mixed", "me", &held).to(Position::new(position));
        subscriptions.advance(&advance).await.unwrap();
    }
    let status = Subscriptions::new(store).control().status("mixed").await.unwrap();
    assert_eq!((status.position, status.lag_events), (Position::new(2), 2));
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_that_is_yet_to_be_started_for_the_first_time_is_waited_for() {
    let store = MemoryEventStore::new();
    account(&store, "a", 1).await;
    let accounts = AggregateRepository::<Account>::new(store.clone());
    let token = accounts.find(&"a".to_owned()).await.unwrap().token();

    let elsewhere = Subscriptions::new(store.clone()).control();
    let second = Duration::from_secs(1);
    let waited = elsewhere.wait_for("mixed", &token, second).await.unwrap_err();
    assert!(matches!(waited, WaitError::Control(ControlError::Unknown(_))), "{waited}");
    assert!(matches!(elsewhere.status("mixed").await, Err(ControlError::Unknown(_))));

    let subscriptions = Subscriptions::new(store).subscribe_with(Mixed::default(), options());
    let control = subscriptions.control();
    let status = control.status("mixed").await.unwrap();
    assert_eq!((status.position, status.partitions), (Position::START, 0));
    let waiting =
        tokio::spawn(async move { control.wait_for("mixed", &token, Duration::MAX).await });
    sleep(second / 2).await;
    let run = Run::of(subscriptions);
    waiting.await.unwrap().unwrap();
    run.stop().await;
}
