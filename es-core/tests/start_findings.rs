//! What keeps subscribers from being run is told before any event is handled, all of it at once (C9).

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, Position, StoreError, StreamHead, StreamQuery,
    Visitor,
};
use es_core::subscription::{
    ControlError, Delivery, HandlerError, HandlerInfo, InlineStore, Rebuild, Start,
    SubscriberOptions, Subscriptions, SubscriptionsError,
};
use futures_core::future::BoxFuture;

#[derive(Clone, Command)]
pub struct Open;

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

pub struct Account;

#[aggregate]
impl Account {
    #[command_handler]
    fn open(_: Open) -> Opened {
        Opened {}
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Account
    }
}

/// No aggregate has it.
#[derive(Serialize, Deserialize, Event)]
pub struct Forgotten {}

pub struct First;

#[event_subscriber(id = "same")]
impl First {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>) {}
}

pub struct Second;

#[event_subscriber(id = "same")]
impl Second {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>) {}
}

pub struct Deaf;

#[event_subscriber(id = "deaf")]
impl Deaf {
    #[event_handler]
    async fn forgotten(&self, _: EventHandlerContext<'_, Forgotten>, _: &mut Transaction) {}
}

/// No subscriber sees it.
#[derive(Serialize, Deserialize, Event)]
#[event(pseudo)]
pub struct Asked {}

/// Written by hand: the attribute would tell when it is compiled.
pub struct Curious;

impl EventSubscriber for Curious {
    const ID: &'static str = "curious";
    const HANDLERS: &'static [HandlerInfo] = &[HandlerInfo::of::<Asked>(0, "asked", false)];
    const OPTIONS: SubscriberOptions = SubscriberOptions::new();

    async fn deliver(&self, _: u32, _: Delivery<'_>) -> Result<(), HandlerError> {
        Ok(())
    }
}

pub struct Beside;

#[event_subscriber(id = "beside", inline)]
impl Beside {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>, _: &mut Transaction) {}
}

pub struct Long;

/// By hand, for the macro takes no such id.
impl EventSubscriber for Long {
    const ID: &'static str =
        "a-name-that-is-so-long-that-nobody-can-keep-it-in-mind-and-no-store-in-its-tables";
    const HANDLERS: &'static [HandlerInfo] = &[];
    const OPTIONS: SubscriberOptions = SubscriberOptions::new();

    async fn deliver(&self, _: u32, _: Delivery<'_>) -> Result<(), HandlerError> {
        Ok(())
    }
}

pub struct Rebuilt;

impl EventSubscriber for Rebuilt {
    const ID: &'static str = "view~rebuild";
    const HANDLERS: &'static [HandlerInfo] = &[];
    const OPTIONS: SubscriberOptions = SubscriberOptions::new();

    async fn deliver(&self, _: u32, _: Delivery<'_>) -> Result<(), HandlerError> {
        Ok(())
    }
}

pub struct View;

#[event_subscriber(id = "view")]
impl View {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>) {}
}

pub struct Other;

#[event_subscriber(id = "other")]
impl Other {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>) {}
}

pub struct Written;

#[event_subscriber(id = "written")]
impl Written {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>, _: &mut Transaction) {}
}

/// Has no feed, no transactions, and keeps nothing of subscribers.
struct Bare(MemoryEventStore);

impl EventStore for Bare {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        self.0.load(query, visit)
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.0.append(append)
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        self.0.entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("transactions")) })
    }
}

/// What is told where subscribers can't be run.
async fn refused(subscriptions: Subscriptions) -> String {
    match subscriptions.run(async {}).await {
        Err(SubscriptionsError::Findings(findings)) => findings.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let subscriptions = Subscriptions::new(MemoryEventStore::new())
        .subscribe(First)
        .subscribe(Second)
        .subscribe(Deaf)
        .subscribe(Curious)
        .subscribe(Beside)
        .subscribe(Long)
        .subscribe(Rebuilt)
        .subscribe(View);
    assert_eq!(
        refused(subscriptions).await,
        "\
the subscribers can't be run:
* several subscribers have the id `same`: start_findings::First, start_findings::Second
* `same` is subscribed twice
* `deaf`: no aggregate of this program has the event `Forgotten` of the handler `forgotten`: add an `#[event_handler]` for it to the aggregate, take the event that its upcaster makes of it, or link the crate that has the aggregate
* `curious`: the handler `asked` is of the pseudo event `$Asked`, which no subscriber sees: leave the handler out, or leave `pseudo` out of the event's `#[event(…)]` and add an `#[event_handler]` for it to the aggregate
* `beside` is `inline`: give it to an `InlineStore`, or remove `inline` from its attribute
* the id `a-name-that-is-so-long-that-nobody-can-keep-it-in-mind-and-no-store-in-its-tables` doesn't have 1 to 80 bytes
* the id `view~rebuild` has a `~`, which only the name of a rebuild has"
    );
}

#[tokio::test]
async fn what_the_store_lacks_is_told_of_each_subscriber() {
    let store = || Bare(MemoryEventStore::new());
    let transient = SubscriberOptions::new().transient(true);
    let subscriptions = Subscriptions::new(store())
        .subscribe(View)
        .subscribe_with(Other, transient)
        .subscribe(Deaf);
    assert_eq!(
        refused(subscriptions).await,
        "\
the subscribers can't be run:
* `view` needs a feed, and this store has none
* `view` needs stored progress, and this store has none
* `other` needs a feed, and this store has none
* `deaf`: no aggregate of this program has the event `Forgotten` of the handler `forgotten`: add an `#[event_handler]` for it to the aggregate, take the event that its upcaster makes of it, or link the crate that has the aggregate
* `deaf` needs a feed, and this store has none
* `deaf` needs stored progress, and this store has none
* `deaf` needs transactions, and this store has none"
    );
    let inline = InlineStore::new(store()).subscribe(Beside).subscribe(Beside).checked();
    assert_eq!(
        inline.unwrap_err().to_string(),
        "\
the subscribers can't be run:
* `beside` needs transactions, and this store has none
* `beside` is subscribed twice
* `beside` needs transactions, and this store has none"
    );
}

#[tokio::test]
async fn partitions_stay_as_they_were_first_started() {
    let store = MemoryEventStore::new();
    let with = |partitions| {
        let options = SubscriberOptions::new().partitions(partitions);
        Subscriptions::new(store.clone())
            .subscribe_with(View, options.clone())
            .subscribe_with(Other, options)
    };
    with(4).run(async {}).await.unwrap();
    assert_eq!(
        refused(with(8)).await,
        "\
the subscribers can't be run:
* `view` was first started with 4 partitions, not 8: write `partitions = 4`, or rebuild it under another id
* `other` was first started with 4 partitions, not 8: write `partitions = 4`, or rebuild it under another id"
    );
    with(4).run(async {}).await.unwrap();
}

/// Who runs the live one doesn't look how many there are: it would go on with what isn't there any more.
#[tokio::test]
async fn a_rebuild_has_the_partitions_of_the_live_one() {
    let store = MemoryEventStore::new();
    let of = |partitions| SubscriberOptions::new().partitions(partitions);
    let live = Subscriptions::new(store.clone()).subscribe_with(Written, of(4));
    live.run(async {}).await.unwrap();
    let rebuild = |partitions| {
        let rebuild = Rebuild::with(store.clone(), Written, of(partitions));
        rebuild.run(async |_: &mut Transaction| Ok::<_, StoreError>(()))
    };
    assert_eq!(
        rebuild(8).await.unwrap_err().to_string(),
        "\
the subscribers can't be run:
* `written` was first started with 4 partitions, not 8: write `partitions = 4`, or rebuild it under another id"
    );
    rebuild(4).await.unwrap();
}

#[tokio::test]
async fn what_comes_is_not_passed_over() {
    let store = MemoryEventStore::new();
    AggregateRepository::<Account>::new(store.clone()).save(Open).await.unwrap();
    let end = store.feed_end().await.unwrap();
    let after = |position| {
        let options = SubscriberOptions::new().start(Start::After(position));
        Subscriptions::new(store.clone()).subscribe_with(View, options)
    };
    assert_eq!(
        refused(after(Position::new(end.get() + 1))).await,
        "\
the subscribers can't be run:
* `view` is to start after position 2, and the newest event is at 1: later ones would be passed over; `Start::End` leaves out what is stored"
    );
    after(end).run(async {}).await.unwrap();
}

/// Who waits for a subscriber that couldn't be run, or is not any more, is told.
#[tokio::test]
async fn who_waits_for_a_run_that_never_was_is_told() {
    let twice = || Subscriptions::new(MemoryEventStore::new()).subscribe(View).subscribe(View);
    let (refused, dropped) = (twice(), twice());
    let controls = [refused.control(), dropped.control()];
    drop(dropped);
    assert!(matches!(refused.run(async {}).await, Err(SubscriptionsError::Findings(_))));
    for control in controls {
        let waited = control.caught_up("view").await;
        assert!(matches!(waited, Err(ControlError::Ended(_))), "{waited:?}");
    }
}
