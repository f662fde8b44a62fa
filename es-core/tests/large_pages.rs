//! Servers send all events that are asked for, so no more are asked for than a page holds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

mod running;

use std::sync::{Arc, Mutex};

use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, FeedPage, FeedQuery, FeedSignal, FeedVisitor,
    Position, StoreError, StreamHead, StreamQuery, Visitor,
};
use es_core::subscription::{HandlerError, SubscriptionStore, Subscriptions};
use futures_core::future::BoxFuture;

use running::Run;

/// A store that notes for how many events it is asked where it has some.
#[derive(Clone)]
struct Asked(MemoryEventStore, Arc<Mutex<Vec<u32>>>);

impl EventStore for Asked {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
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
        self.0.begin()
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        self.0.subscriptions()
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        Box::pin(async move {
            let (limit, after) = (query.limit, query.after);
            let page = self.0.feed(query, visit).await?;
            // Whoever looks how old the next event is asks for one.
            if page.last > after && limit > 1 {
                self.1.lock().unwrap().push(limit);
            }
            Ok(page)
        })
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        self.0.feed_end()
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.0.feed_signal()
    }
}

#[derive(Clone, Command)]
pub struct Add(String);

#[derive(Serialize, Deserialize, Event)]
pub struct Added(String);

pub struct Album;

#[aggregate(id = String)]
impl Album {
    #[command_handler]
    fn add(command: Add) -> Added {
        Added(command.0)
    }

    #[event_handler]
    fn added(_: Added) -> Self {
        Album
    }
}

struct Counts(Arc<Mutex<usize>>);

#[event_subscriber(id = "counts")]
impl Counts {
    #[event_handler]
    async fn added(&self, _: EventHandlerContext<'_, Added>) -> Result<(), HandlerError> {
        *self.0.lock().unwrap() += 1;
        Ok(())
    }
}

/// The limits of the pages in which a subscriber reads 240 events, of so many bytes each.
async fn limits(bytes: usize) -> Vec<u32> {
    let store = Asked(MemoryEventStore::new(), Arc::default());
    let albums = AggregateRepository::<Album>::new(store.clone());
    for number in 0..240 {
        albums.save_as(number.to_string(), Add("x".repeat(bytes))).await.unwrap();
    }
    let counted = Arc::default();
    let run = Run::of(Subscriptions::new(store.clone()).subscribe(Counts(Arc::clone(&counted))));
    run.control.caught_up("counts").await.unwrap();
    run.stop().await;
    assert_eq!(*counted.lock().unwrap(), 240);
    store.1.lock().unwrap().clone()
}

#[tokio::test]
async fn pages_of_large_events_ask_for_what_fits() {
    // A page holds 4 MiB, so 14 of these.
    let limits = limits(300 * 1024).await;
    assert_eq!(limits[..3], [64, 14, 14], "{limits:?}");
    assert!(limits[1..].iter().all(|limit| *limit <= 28), "{limits:?}");
}

#[tokio::test]
async fn pages_of_small_events_ask_for_more_and_more() {
    assert_eq!(limits(10).await[..3], [64, 128, 256]);
}
