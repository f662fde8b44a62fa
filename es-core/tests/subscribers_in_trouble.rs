//! What an event that fails, waits or takes long must not do to other events, to other processes and to operators.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

mod running;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::store::{Position, StoreError};
use es_core::subscription::{
    EntityKey, HandlerError, OnFailure, Rebuild, SubscriberOptions, Subscriptions,
};
use tokio::time::{sleep, timeout};

use running::Run;

#[derive(Clone, Command)]
pub struct Open;

#[derive(Clone, Command)]
pub struct Deposit;

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

#[derive(Serialize, Deserialize, Event)]
pub struct Deposited {}

pub struct Account;

#[aggregate(id = String)]
impl Account {
    #[command_handler]
    fn open(_: Open) -> Opened {
        Opened {}
    }

    #[command_handler]
    fn deposit(&self, _: Deposit) -> Deposited {
        Deposited {}
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Account
    }

    #[event_handler]
    fn deposited(&mut self, _: Deposited) {}
}

type Fails = dyn Fn(&str, u64) -> Option<HandlerError> + Send + Sync;
type Takes = dyn Fn(&str, usize) -> Duration + Send + Sync;

/// Notes its calls, takes a while, and fails as it is told to.
#[derive(Clone)]
struct Noted {
    calls: Arc<Mutex<Vec<(String, u64, u32)>>>,
    at_work: Arc<Mutex<HashMap<String, u32>>>,
    most_at_once: Arc<Mutex<u32>>,
    takes: Arc<Takes>,
    fails: Arc<Fails>,
}

impl Noted {
    fn failing(fails: impl Fn(&str, u64) -> Option<HandlerError> + Send + Sync + 'static) -> Self {
        Noted {
            calls: Arc::default(),
            at_work: Arc::default(),
            most_at_once: Arc::default(),
            takes: Arc::new(|_, _| Duration::ZERO),
            fails: Arc::new(fails),
        }
    }

    /// Each call takes so long, by the entity and by how often that was called before.
    fn taking(self, takes: impl Fn(&str, usize) -> Duration + Send + Sync + 'static) -> Self {
        Noted { takes: Arc::new(takes), ..self }
    }

    async fn call<E>(&self, cx: &EventHandlerContext<'_, E>) -> Result<(), HandlerError> {
        let id = cx.entity_id().to_owned();
        let takes = (self.takes)(&id, self.of(&id).len());
        self.calls.lock().unwrap().push((id.clone(), cx.version().get(), cx.attempt()));
        {
            let mut at_work = self.at_work.lock().unwrap();
            let here = at_work.entry(id.clone()).or_default();
            *here += 1;
            let mut most = self.most_at_once.lock().unwrap();
            *most = (*most).max(*here);
        }
        if !takes.is_zero() {
            sleep(takes).await;
        }
        *self.at_work.lock().unwrap().get_mut(&id).unwrap() -= 1;
        (self.fails)(&id, cx.version().get()).map_or(Ok(()), Err)
    }

    fn of(&self, id: &str) -> Vec<(u64, u32)> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|call| call.0 == id).map(|call| (call.1, call.2)).collect()
    }
}

#[event_subscriber(id = "noted")]
impl Noted {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>) -> Result<(), HandlerError> {
        self.call(&cx).await
    }

    #[event_handler]
    async fn deposited(&self, cx: EventHandlerContext<'_, Deposited>) -> Result<(), HandlerError> {
        self.call(&cx).await
    }
}

/// As `Noted`, in the transaction.
#[derive(Clone)]
struct Within(Noted);

#[event_subscriber(id = "within")]
impl Within {
    #[event_handler]
    async fn opened(
        &self,
        cx: EventHandlerContext<'_, Opened>,
        _: &mut Transaction,
    ) -> Result<(), HandlerError> {
        self.0.call(&cx).await
    }

    #[event_handler]
    async fn deposited(
        &self,
        cx: EventHandlerContext<'_, Deposited>,
        _: &mut Transaction,
    ) -> Result<(), HandlerError> {
        self.0.call(&cx).await
    }
}

async fn open(store: &MemoryEventStore, id: &str) {
    let accounts = AggregateRepository::<Account>::new(store.clone());
    accounts.save_as(id.to_owned(), Open).await.unwrap();
}

async fn deposit(store: &MemoryEventStore, id: &str) {
    let accounts = AggregateRepository::<Account>::new(store.clone());
    accounts.update(&id.to_owned(), Deposit).await.unwrap();
}

/// As `Noted`, for the first events of accounts only.
#[derive(Clone)]
struct Openings(Noted);

#[event_subscriber(id = "openings")]
impl Openings {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>) -> Result<(), HandlerError> {
        self.0.call(&cx).await
    }
}

async fn until(limit: Duration, mut condition: impl AsyncFnMut() -> bool) -> bool {
    let wait = async {
        while !condition().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(limit, wait).await.is_ok()
}

/// Its lane waits meanwhile, and no other one.
#[tokio::test(start_paused = true)]
async fn one_that_is_tried_again_does_not_stop_the_other_lanes() {
    const CLOSED: RetryPolicy =
        RetryPolicy::attempts(20).backoff(Duration::from_secs(60), Duration::from_secs(60));
    let store = MemoryEventStore::new();
    // "2" and "Ada" are in partitions 14 and 5 of 16, so in lanes 2 and 1 of 4.
    let noted = Noted::failing(|id, _| {
        (id == "2").then(|| HandlerError::again_with(CLOSED, "the bank is closed"))
    });
    let run = Run::of(Subscriptions::new(store.clone()).subscribe(noted.clone()));
    run.control.caught_up("noted").await.unwrap();
    open(&store, "2").await;
    assert!(until(Duration::from_secs(9), async || !noted.of("2").is_empty()).await);
    open(&store, "Ada").await;
    for _ in 0..9 {
        deposit(&store, "Ada").await;
        sleep(Duration::from_millis(100)).await;
    }
    let all = until(Duration::from_secs(30), async || noted.of("Ada").len() == 10).await;
    assert!(
        all,
        "after 30 s another lane had only {:?}, while `2` was at {:?}",
        noted.of("Ada"),
        noted.of("2")
    );
    run.stop().await;
}

/// An error that says that the store is away, though it isn't, as where an append is too large for the server.
#[tokio::test(start_paused = true)]
async fn an_event_that_always_fails_with_an_outage_stops_nobody_else_for_ever() {
    for within in [true, false] {
        let store = MemoryEventStore::new();
        let noted = Noted::failing(|id, _| {
            let away = StoreError::Unavailable(Arc::from(Box::from("hung up")));
            (id == "2").then(|| HandlerError::new(away))
        });
        let options = SubscriberOptions::new().on_failure(OnFailure::Park);
        let subscriptions = Subscriptions::new(store.clone());
        let run = Run::of(match within {
            false => subscriptions.subscribe_with(noted.clone(), options),
            true => subscriptions.subscribe_with(Within(noted.clone()), options),
        });
        let name = if within { "within" } else { "noted" };
        run.control.caught_up(name).await.unwrap();
        open(&store, "2").await;
        assert!(until(Duration::from_secs(9), async || !noted.of("2").is_empty()).await);
        open(&store, "Ada").await;
        for _ in 0..9 {
            deposit(&store, "Ada").await;
            sleep(Duration::from_millis(100)).await;
        }
        let all = until(Duration::from_secs(3600), async || noted.of("Ada").len() == 10).await;
        let status = run.control.status(name).await.unwrap();
        assert!(
            all,
            "within: {within}: after an hour, others had {:?}, it was tried {} times; {:?} waiting, last error {:?}",
            noted.of("Ada"),
            noted.of("2").len(),
            status.waiting_events,
            status.last_error,
        );
        assert!(status.last_error.is_some_and(|error| error.contains("hung up")));
        run.stop().await;
    }
}

/// One that fails for every entity. The fault of one of them passes, when somebody says so.
fn all_but_one_are_never_fixed(one: &'static str) -> (Noted, Arc<Mutex<bool>>) {
    let fixed = Arc::new(Mutex::new(false));
    let is_fixed = Arc::clone(&fixed);
    let noted = Noted::failing(move |id, _| {
        (id != one || !*is_fixed.lock().unwrap()).then(|| HandlerError::permanent("a bug"))
    });
    (noted, fixed)
}

/// Sixteen entities that go on failing are due again whenever somebody looks.
#[tokio::test]
async fn entities_that_go_on_failing_do_not_keep_another_one_waiting() {
    let store = MemoryEventStore::new();
    for number in 0..17 {
        open(&store, &format!("{number:02}")).await;
    }
    let (noted, fixed) = all_but_one_are_never_fixed("16");
    let pause = Duration::from_millis(100);
    let options = SubscriberOptions::new().lanes(1).pauses(pause, pause);
    let run = Run::of(Subscriptions::new(store).subscribe_with(noted.clone(), options));
    run.control.caught_up("noted").await.unwrap();
    *fixed.lock().unwrap() = true;
    let again = until(Duration::from_secs(8), async || noted.of("16").len() > 1).await;
    assert!(
        again,
        "`16` was called {} times, `00` {} times, `15` {} times",
        noted.of("16").len(),
        noted.of("00").len(),
        noted.of("15").len()
    );
    run.stop().await;
}

/// The same with the default pauses, 300 s at their longest, where 40 go on failing by time-outs of 20 s.
#[tokio::test(start_paused = true)]
async fn slow_ones_that_go_on_failing_do_not_keep_another_one_waiting() {
    let store = MemoryEventStore::new();
    for number in 0..41 {
        open(&store, &format!("{number:02}")).await;
    }
    let (noted, fixed) = all_but_one_are_never_fixed("40");
    let noted = noted.taking(|_, _| Duration::from_secs(20));
    let options = SubscriberOptions::new().lanes(1);
    let run = Run::of(Subscriptions::new(store).subscribe_with(noted.clone(), options));
    run.control.caught_up("noted").await.unwrap();
    // Long enough for the pauses to be at their longest.
    sleep(Duration::from_secs(2 * 3600)).await;
    *fixed.lock().unwrap() = true;
    let before = (noted.of("00").len(), noted.of("15").len(), noted.of("40").len());
    let entity = EntityKey::new("Account", "40");
    run.control.retry("noted", Some(&entity)).await.unwrap();
    let again =
        until(Duration::from_secs(6 * 3600), async || noted.of("40").len() > before.2).await;
    let after = (noted.of("00").len(), noted.of("15").len(), noted.of("40").len());
    assert!(again, "six hours later: {before:?} → {after:?}");
    run.stop().await;
}

/// As where a service that some of the events need doesn't answer.
#[tokio::test(start_paused = true)]
async fn new_events_have_their_turn_while_others_fail_slowly() {
    let store = MemoryEventStore::new();
    for number in 0..20 {
        open(&store, &format!("{number:02}")).await;
    }
    let fails = |id: &str| id != "Ada";
    let noted = Noted::failing(move |id, _| fails(id).then(|| HandlerError::permanent("time-out")))
        .taking(move |id, _| Duration::from_secs(if fails(id) { 20 } else { 0 }));
    let options = SubscriberOptions::new().lanes(1);
    let run = Run::of(Subscriptions::new(store.clone()).subscribe_with(noted.clone(), options));
    run.control.caught_up("noted").await.unwrap();
    sleep(Duration::from_secs(2 * 3600)).await;
    open(&store, "Ada").await;
    // No later than after the one that is tried just then.
    let handled = until(Duration::from_secs(25), async || !noted.of("Ada").is_empty()).await;
    assert!(handled, "`00` was tried {} times", noted.of("00").len());
    let before = noted.of("00").len();
    sleep(Duration::from_secs(3600)).await;
    assert!(noted.of("00").len() > before, "and those go on being tried");
    run.stop().await;
}

/// A long queue of one entity, when what was wrong is put right.
#[tokio::test(start_paused = true)]
async fn new_events_have_their_turn_while_a_long_queue_is_worked_off() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    for _ in 0..2_000 {
        deposit(&store, "2").await;
    }
    let fails = Arc::new(Mutex::new(true));
    let still = Arc::clone(&fails);
    let noted = Noted::failing(move |id, version| {
        let fails = id == "2" && version == 1 && *still.lock().unwrap();
        fails.then(|| HandlerError::permanent("a bug"))
    });
    let noted = noted.taking(|_, _| Duration::from_millis(100));
    let options = SubscriberOptions::new().on_failure(OnFailure::Park).lanes(1);
    let run = Run::of(Subscriptions::new(store.clone()).subscribe_with(noted.clone(), options));
    run.control.caught_up("noted").await.unwrap();
    *fails.lock().unwrap() = false;
    run.control.retry("noted", None).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    open(&store, "Ada").await;
    let handled = until(Duration::from_secs(5), async || !noted.of("Ada").is_empty()).await;
    assert!(handled, "{} of the queue are handled", noted.of("2").len());
    // The queue has the lane for itself where nothing new comes.
    let all = until(Duration::from_secs(210), async || noted.of("2").len() == 2_002).await;
    assert!(all, "{} of the queue are handled", noted.of("2").len());
    let versions: Vec<u64> = noted.of("2").iter().skip(1).map(|call| call.0).collect();
    assert!(versions.is_sorted(), "{versions:?}");
    run.stop().await;
}

/// Its lane has partitions in which nothing happens. Readers wait for these, too.
#[tokio::test(start_paused = true)]
async fn a_lane_is_told_how_far_it_is_though_another_one_is_busy() {
    let store = MemoryEventStore::new();
    // "Ada" and "2" are in lanes 1 and 2 of 4, "2" in partition 14.
    let hour = |id: &str, _| Duration::from_secs(if id == "Ada" { 3_600 } else { 5 });
    let noted = Noted::failing(|_, _| None).taking(hour);
    let run = Run::of(Subscriptions::new(store.clone()).subscribe(noted.clone()));
    run.control.caught_up("noted").await.unwrap();
    for id in ["Ada", "2"] {
        open(&store, id).await;
        sleep(Duration::from_millis(50)).await;
    }
    // Each is a page in which lane 2 has nothing.
    for _ in 0..4 {
        deposit(&store, "Ada").await;
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_secs(60)).await;
    let progress = store.subscriptions().unwrap().progress("noted").await.unwrap();
    let position = progress.partitions.iter().find(|p| p.partition == 14).unwrap().position;
    // One page is in hand, two wait, and the reader has the next one.
    assert_eq!(position, Position::new(5), "{progress:?}");
    run.task.abort();
}

/// Pages in which a busy lane has nothing take no room from those in which it has.
#[tokio::test(start_paused = true)]
async fn the_other_lanes_go_on_for_two_pages_with_something_for_one_that_is_busy() {
    for pages_before in [1, 4] {
        let store = MemoryEventStore::new();
        let hour = |id: &str, _| Duration::from_secs(if id == "Ada" { 3_600 } else { 0 });
        let noted = Noted::failing(|_, _| None).taking(hour);
        let run = Run::of(Subscriptions::new(store.clone()).subscribe(noted.clone()));
        run.control.caught_up("noted").await.unwrap();
        let page = || sleep(Duration::from_secs(1));
        for id in ["Ada", "2"] {
            open(&store, id).await;
            page().await;
        }
        for _ in 1..pages_before {
            deposit(&store, "2").await;
            page().await;
        }
        for _ in 0..2 {
            deposit(&store, "Ada").await;
            page().await;
            deposit(&store, "2").await;
            page().await;
        }
        assert_eq!(noted.of("2").len(), pages_before + 2, "{pages_before} pages before");
        run.task.abort();
    }
}

/// The event is the last one that the subscriber wants. Somebody waits for a later one.
#[tokio::test(start_paused = true)]
async fn progress_goes_on_behind_an_event_that_failed() {
    for fails_always in [false, true] {
        let store = MemoryEventStore::new();
        open(&store, "2").await;
        let accounts = AggregateRepository::<Account>::new(store.clone());
        let token = accounts.update(&"2".to_owned(), Deposit).await.unwrap().token();
        let failed = Mutex::new(false);
        let noted = Noted::failing(move |_, _| {
            let again = std::mem::replace(&mut *failed.lock().unwrap(), true);
            (fails_always || !again).then(|| HandlerError::new("a hiccup"))
        });
        let options = SubscriberOptions::new().on_failure(OnFailure::Skip);
        let subscriptions = Subscriptions::new(store).subscribe_with(Openings(noted), options);
        let run = Run::of(subscriptions);
        let waited = run.control.wait_for("openings", &token, Duration::from_secs(60)).await;
        assert!(waited.is_ok(), "fails always: {fails_always}: {waited:?}");
        run.stop().await;
    }
}

/// The lane has waiting events in hand all the time.
#[tokio::test(start_paused = true)]
async fn progress_is_stored_while_others_are_tried_again() {
    let store = MemoryEventStore::new();
    for number in 0..20 {
        open(&store, &format!("{number:02}")).await;
    }
    let noted = Noted::failing(|id, _| (id != "Ada").then(|| HandlerError::permanent("time-out")))
        .taking(|id, _| Duration::from_secs(if id == "Ada" { 0 } else { 20 }));
    let options = SubscriberOptions::new().lanes(1);
    let run =
        Run::of(Subscriptions::new(store.clone()).subscribe_with(Openings(noted.clone()), options));
    run.control.caught_up("openings").await.unwrap();
    sleep(Duration::from_secs(2 * 3600)).await;
    open(&store, "Ada").await;
    sleep(Duration::from_secs(60)).await;
    let accounts = AggregateRepository::<Account>::new(store);
    let token = accounts.update(&"Ada".to_owned(), Deposit).await.unwrap().token();
    let waited = run.control.wait_for("openings", &token, Duration::from_secs(60)).await;
    assert!(waited.is_ok(), "{waited:?}");
    run.stop().await;
}

/// One is busy for an hour, the other one for seconds, and each page has something for both.
#[tokio::test(start_paused = true)]
async fn of_two_busy_lanes_none_waits_for_the_other() {
    let store = MemoryEventStore::new();
    let hour = |id: &str, _| Duration::from_secs(if id == "Ada" { 3_600 } else { 5 });
    let noted = Noted::failing(|_, _| None).taking(hour);
    let run = Run::of(Subscriptions::new(store.clone()).subscribe(noted.clone()));
    run.control.caught_up("noted").await.unwrap();
    // One is at work, two wait, and the reader has the fourth one in hand.
    for number in 0..4 {
        for id in ["Ada", "2"] {
            match number {
                0 => open(&store, id).await,
                _ => deposit(&store, id).await,
            }
        }
        sleep(Duration::from_millis(300)).await;
    }
    let all = until(Duration::from_secs(60), async || noted.of("2").len() == 4).await;
    assert!(all, "{:?}", noted.of("2"));
    run.task.abort();
}

/// `skip` says that the event counts as handled.
#[tokio::test(start_paused = true)]
async fn an_event_that_was_skipped_is_not_handled() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    for _ in 0..3 {
        deposit(&store, "2").await;
    }
    let fails = Arc::new(Mutex::new(true));
    let still = Arc::clone(&fails);
    let noted = Noted::failing(move |_, version| {
        (version == 1 && *still.lock().unwrap()).then(|| HandlerError::permanent("a bug"))
    });
    let noted = noted.taking(|_, _| Duration::from_secs(1));
    let options = SubscriberOptions::new().on_failure(OnFailure::Park);
    let run = Run::of(Subscriptions::new(store).subscribe_with(noted.clone(), options));
    run.control.caught_up("noted").await.unwrap();
    *fails.lock().unwrap() = false;
    run.control.retry("noted", None).await.unwrap();
    // The first one is tried again, which takes a second. The last one must not be handled: say, it pays a bill twice.
    assert!(until(Duration::from_secs(9), async || noted.of("2").len() == 2).await);
    let skipped = run.control.skip("noted", Position::new(4)).await.unwrap();
    assert!(skipped);
    until(Duration::from_secs(9), async || {
        run.control.status("noted").await.unwrap().waiting_events == 0
    })
    .await;
    sleep(Duration::from_secs(9)).await;
    let handled = noted.of("2").iter().any(|(version, _)| *version == 4);
    assert!(!handled, "it was skipped three seconds before, and handled: {:?}", noted.of("2"));
    run.stop().await;
}

/// "How often an event is tried": once.
#[tokio::test(start_paused = true)]
async fn what_is_to_be_tried_once_is_tried_once() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    deposit(&store, "2").await;
    let noted = Noted::failing(|_, version| (version == 2).then(|| HandlerError::new("a bug")));
    let options = SubscriberOptions::new().on_failure(OnFailure::Park).retry(RetryPolicy::never());
    let run = Run::of(Subscriptions::new(store).subscribe_with(Within(noted.clone()), options));
    run.control.caught_up("within").await.unwrap();
    run.stop().await;
    assert_eq!(noted.of("2").iter().filter(|call| call.0 == 2).count(), 1, "{:?}", noted.of("2"));
}

/// What comes before it is handled alone, and takes so long then that its transaction ends before its time.
#[tokio::test(start_paused = true)]
async fn what_is_to_be_tried_once_is_tried_once_also_if_others_take_long() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    for _ in 0..3 {
        deposit(&store, "2").await;
    }
    let noted = Noted::failing(|_, version| (version == 4).then(|| HandlerError::new("a bug")))
        .taking(|_, before| Duration::from_millis(if before < 4 { 0 } else { 250 }));
    let options = SubscriberOptions::new().on_failure(OnFailure::Park).retry(RetryPolicy::never());
    let run = Run::of(Subscriptions::new(store).subscribe_with(Within(noted.clone()), options));
    run.control.caught_up("within").await.unwrap();
    run.stop().await;
    let versions: Vec<u64> = noted.of("2").iter().map(|call| call.0).collect();
    assert_eq!(versions, [1, 2, 3, 4, 1, 2, 3]);
}

/// What comes before it fails when it is handled without it, so by then it waits for that one, and wasn't tried behind it.
#[tokio::test(start_paused = true)]
async fn an_error_counts_for_nothing_where_the_event_waits_for_another_one_by_now() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    for _ in 0..3 {
        deposit(&store, "2").await;
    }
    let calls = Mutex::new(HashMap::<u64, u32>::new());
    let noted = Noted::failing(move |_, version| {
        let mut calls = calls.lock().unwrap();
        let call = calls.entry(version).or_default();
        *call += 1;
        matches!((version, *call), (4, 1) | (2, 2)).then(|| HandlerError::new("a bug"))
    });
    let options = SubscriberOptions::new().on_failure(OnFailure::Park).retry(RetryPolicy::never());
    let run = Run::of(Subscriptions::new(store).subscribe_with(Within(noted), options));
    run.control.caught_up("within").await.unwrap();
    let letters = run.control.dead_letters("within", Position::START, 10).await.unwrap();
    let attempts: Vec<_> = letters.iter().map(|l| (l.position.get(), l.attempts)).collect();
    assert_eq!(attempts, [(2, 1), (3, 0), (4, 0)]);
    run.stop().await;
}

/// Another process comes, so this one gives partitions up, when its handler has ended. That takes longer than the lease.
#[tokio::test]
async fn an_event_is_in_one_hand_while_partitions_are_shared_anew() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    let noted = Noted::failing(|_, _| None).taking(|_, _| Duration::from_secs(4));
    let lease = Duration::from_millis(600);
    let options = SubscriberOptions::new().lease(lease).lanes(1);
    let subscriptions =
        || Subscriptions::new(store.clone()).subscribe_with(noted.clone(), options.clone());
    let first = Run::of(subscriptions());
    assert!(until(Duration::from_secs(9), async || noted.of("2").len() == 1).await);
    // The lease is renewed while it works: after several of them it is still its own.
    sleep(2 * lease).await;
    let second = Run::of(subscriptions());
    sleep(Duration::from_secs(4)).await;
    let most = *noted.most_at_once.lock().unwrap();
    assert_eq!(most, 1, "it was handled by both processes at once: {:?}", noted.of("2"));
    first.stop().await;
    second.stop().await;
}

/// What is stored while a view is rebuilt is in it when it is put in place, but for the last moment.
#[tokio::test(start_paused = true)]
async fn a_rebuilt_view_is_not_much_older_than_the_one_that_it_replaces() {
    let store = MemoryEventStore::new();
    open(&store, "2").await;
    for _ in 0..999 {
        deposit(&store, "2").await;
    }
    let appends = tokio::spawn({
        let store = store.clone();
        async move {
            for _ in 0..10_000 {
                sleep(Duration::from_millis(100)).await;
                deposit(&store, "2").await;
            }
        }
    });
    // Ten times as fast as events are stored.
    let noted = Noted::failing(|_, _| None).taking(|_, _| Duration::from_millis(10));
    let rebuild = Rebuild::new(store.clone(), Within(noted.clone()));
    let seen = Mutex::new((0, 0));
    rebuild
        .run(async |_: &mut Transaction| {
            let end = store.feed_end().await?;
            *seen.lock().unwrap() = (noted.of("2").len() as u64, end.get());
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    appends.abort();
    let (handled, stored) = *seen.lock().unwrap();
    assert!(stored - handled <= 30, "of {stored} events the new view had {handled}");
}
