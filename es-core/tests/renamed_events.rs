//! A subscriber that knows an event by its older name is told the event that has another name now (E2).

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::sync::{Arc, Mutex};

use es_core::prelude::*;
use es_core::store::Append;
use es_core::subscription::{InlineStore, Subscriptions};
use es_core::{EncodeError, EventId, StoredEvent, Timestamp};
use serde_json::{Value, json};

#[derive(Clone, Command)]
pub struct Open;

/// Version 1 had whole euros.
#[derive(Serialize, Deserialize, Event)]
#[event(version = 2, alias = "AccountMade")]
pub struct AccountOpened {
    cents: u32,
}

#[derive(Serialize, Deserialize, Event)]
#[event(alias = "Closed")]
pub struct AccountClosed {}

#[derive(Default)]
pub struct Account;

#[aggregate(id = String)]
impl Account {
    #[command_handler]
    fn open(_: Open) -> AccountOpened {
        AccountOpened { cents: 500 }
    }

    #[event_handler]
    fn opened(&mut self, _: &AccountOpened) {}

    #[event_handler]
    fn closed(&mut self, _: &AccountClosed) {}

    #[upcaster(event = "AccountOpened", from = 1)]
    fn in_cents(json: Value) -> Value {
        json!({ "cents": json["euros"].as_u64().unwrap_or_default() * 100 })
    }
}

#[derive(Serialize, Deserialize, Event)]
#[event(alias = "Closed")]
pub struct OrderClosed {}

/// The event of an account that has this name was another one.
#[derive(Serialize, Deserialize, Event)]
pub struct AccountMade {
    order: u32,
}

#[derive(Default)]
pub struct Order;

#[aggregate(id = String)]
impl Order {
    #[event_handler]
    fn closed(&mut self, _: &OrderClosed) {}

    #[event_handler]
    fn made(&mut self, _: &AccountMade) {}
}

/// What a crate of a subscriber knows of it.
pub mod older {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2)]
    pub struct AccountMade {
        pub cents: u32,
    }

    #[derive(Serialize, Deserialize, Event)]
    #[event(type = "AccountMade")]
    pub struct AccountMadeV1 {
        pub euros: u32,
    }

    #[derive(Serialize, Deserialize, Event)]
    pub struct Closed {}
}

type Seen = Arc<Mutex<Vec<u32>>>;

pub struct Old(Seen);

#[event_subscriber(id = "old")]
impl Old {
    #[event_handler]
    async fn made(&self, cx: EventHandlerContext<'_, older::AccountMade>) {
        assert_eq!((cx.entity_type(), cx.entity_id()), ("Account", "a"));
        self.0.lock().unwrap().push(cx.event().cents);
    }
}

pub struct OldInline(Seen);

#[event_subscriber(id = "old-inline", inline)]
impl OldInline {
    #[event_handler]
    async fn made(&self, cx: EventHandlerContext<'_, older::AccountMade>, _: &mut Transaction) {
        self.0.lock().unwrap().push(cx.event().cents);
    }
}

pub struct OfOrders(Seen);

#[event_subscriber(id = "of-orders")]
impl OfOrders {
    #[event_handler]
    async fn made(&self, cx: EventHandlerContext<'_, AccountMade>) {
        self.0.lock().unwrap().push(cx.event().order);
    }
}

pub struct Both;

#[event_subscriber(id = "both")]
impl Both {
    #[event_handler]
    async fn made(&self, _: EventHandlerContext<'_, older::AccountMade>) {}

    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, AccountOpened>) {}
}

pub struct OldShape;

#[event_subscriber(id = "old-shape")]
impl OldShape {
    #[event_handler]
    async fn made(&self, _: EventHandlerContext<'_, older::AccountMadeV1>) {}
}

pub struct OfWhich;

#[event_subscriber(id = "of-which")]
impl OfWhich {
    #[event_handler]
    async fn closed(&self, _: EventHandlerContext<'_, older::Closed>) {}
}

/// An event as an older program stored it.
struct Row(&'static str, u32, Value);

impl StoredEvent for Row {
    fn event_type(&self) -> &'static str {
        self.0
    }

    fn schema_version(&self) -> u32 {
        self.1
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.extend(self.2.to_string().bytes());
        Ok(())
    }
}

/// A store with what older and newer programs stored.
async fn store() -> MemoryEventStore {
    let store = MemoryEventStore::new();
    let rows = [
        Row("AccountMade", 1, json!({ "euros": 1 })),
        Row("AccountMade", 2, json!({ "cents": 200 })),
        Row("AccountOpened", 1, json!({ "euros": 3 })),
        Row("AccountOpened", 2, json!({ "cents": 400 })),
    ];
    add(&store, Account::TYPE, &rows).await;
    add(&store, Order::TYPE, &[Row("AccountMade", 1, json!({ "order": 7 }))]).await;
    store
}

async fn add(store: &MemoryEventStore, entity_type: &'static str, rows: &[Row]) {
    let mut append = Append::new(entity_type, "a".into(), Version::new(0), Timestamp::now());
    for row in rows {
        append.push(EventId::new(), row).unwrap();
    }
    store.append(append).await.unwrap();
}

/// What a subscriber is told of what is stored.
async fn told<S: EventSubscriber>(subscriber: impl FnOnce(Seen) -> S) -> Vec<u32> {
    let seen = Seen::default();
    let subscriptions = Subscriptions::new(store().await).subscribe(subscriber(seen.clone()));
    let control = subscriptions.control();
    subscriptions.run(async { control.caught_up(S::ID).await.unwrap() }).await.unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

/// What keeps a subscriber from being run.
async fn refused(subscriber: impl EventSubscriber) -> String {
    let subscriptions = Subscriptions::new(MemoryEventStore::new()).subscribe(subscriber);
    subscriptions.run(async {}).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_handler_of_the_older_name_is_told_the_event_as_it_is_now() {
    assert_eq!(told(Old).await, [100, 200, 300, 400]);
}

#[tokio::test]
async fn so_it_is_in_the_transaction_of_the_append() {
    let seen = Seen::default();
    let store = InlineStore::new(MemoryEventStore::new()).subscribe(OldInline(seen.clone()));
    let accounts = AggregateRepository::<Account>::new(store.checked().unwrap());
    accounts.save_as("a".into(), Open).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [500]);
}

#[tokio::test]
async fn an_event_that_has_the_name_today_is_told_only_itself() {
    assert_eq!(told(OfOrders).await, [7]);
}

#[tokio::test]
async fn two_handlers_of_one_event_are_told() {
    assert_eq!(
        refused(Both).await,
        "\
the subscribers can't be run:
* `both`: the handlers `made`, `opened` are of one event, `AccountOpened` of Account, by several of its names: keep one of them"
    );
}

#[tokio::test]
async fn an_older_shape_under_an_older_name_is_told() {
    assert_eq!(
        refused(OldShape).await,
        "\
the subscribers can't be run:
* `old-shape`: the handler `made` takes version 1 of `AccountMade`, which is version 2 of `AccountOpened` of Account now: take that event, or give the handler's own the fields that it has now, and `#[event(version = 2)]`"
    );
}

#[tokio::test]
async fn an_older_name_of_several_events_is_told() {
    assert_eq!(
        refused(OfWhich).await,
        "\
the subscribers can't be run:
* `of-which`: `Closed` of the handler `closed` is an older name of several events: `AccountClosed` of Account, `OrderClosed` of Order, so take these themselves"
    );
}
