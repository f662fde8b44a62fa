//! A handler that leaves its transaction idle for so long that the store ends it holds up its own entity, and no other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, FeedPage, FeedQuery, FeedSignal, FeedVisitor,
    Position, StoreError, StoreTransaction, StreamHead, StreamQuery, Visitor,
};
use es_core::subscription::{
    Advance, AdvanceError, OnFailure, SubscriberOptions, SubscriberStatus, SubscriptionStore,
    Subscriptions,
};
use futures_core::future::BoxFuture;
use tokio::time::{Instant, sleep, timeout};

/// A store that hangs up on transactions which are open for two seconds.
#[derive(Clone)]
struct Impatient(MemoryEventStore);

impl EventStore for Impatient {
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
        Box::pin(async {
            let (inner, since) = (self.0.begin().await?, Instant::now());
            Ok(Transaction::new(Watched { inner, since }))
        })
    }

    fn subscriptions(&self) -> Option<Arc<dyn SubscriptionStore>> {
        self.0.subscriptions()
    }

    fn feed<'a>(
        &'a self,
        query: FeedQuery<'a>,
        visit: &'a mut FeedVisitor<'_>,
    ) -> BoxFuture<'a, Result<FeedPage, StoreError>> {
        self.0.feed(query, visit)
    }

    fn feed_end(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        self.0.feed_end()
    }

    fn feed_signal(&self) -> Box<dyn FeedSignal> {
        self.0.feed_signal()
    }
}

struct Watched {
    inner: Transaction,
    since: Instant,
}

impl Watched {
    fn check(&self) -> Result<(), StoreError> {
        match self.since.elapsed() < Duration::from_secs(2) {
            true => Ok(()),
            false => Err(StoreError::Unavailable(Arc::from(Box::from("it hung up")))),
        }
    }
}

impl StoreTransaction for Watched {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(self.inner.load(query, visit))
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(self.inner.append(append))
    }

    fn advance<'a>(
        &'a mut self,
        advance: &'a Advance<'a>,
    ) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async {
            self.check()?;
            self.inner.advance(advance).await
        })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async {
            self.check()?;
            self.inner.commit().await
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(self.inner.rollback())
    }
}

#[derive(Clone, Command)]
pub struct Open;

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

pub struct Account;

#[aggregate(id = String)]
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

/// Waits for somebody who comes late, for one account.
#[derive(Clone)]
struct Patient {
    /// How often he does.
    late: u32,
    calls: Arc<AtomicU32>,
}

#[event_subscriber(id = "patient")]
impl Patient {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>, _: &mut Transaction) {
        if cx.entity_id() == "slow" && self.calls.fetch_add(1, Relaxed) < self.late {
            sleep(Duration::from_secs(3)).await;
        }
    }
}

/// Lets it handle all, and gives the status then and how often it was called for the slow account.
async fn run(late: u32, batch: u32, options: SubscriberOptions) -> (SubscriberStatus, u32) {
    let store = Impatient(MemoryEventStore::new());
    let accounts = AggregateRepository::<Account>::new(store.clone());
    for id in ["first", "slow", "last"] {
        accounts.save_as(id.to_owned(), Open).await.unwrap();
    }
    let patient = Patient { late, calls: Arc::default() };
    let options = options.lanes(1).batch(batch);
    let subscriptions = Subscriptions::new(store).subscribe_with(patient.clone(), options);
    let control = subscriptions.control();
    let status = Mutex::new(None);
    let run = subscriptions.run(async {
        control.caught_up("patient").await.unwrap();
        *status.lock().unwrap() = Some(control.status("patient").await.unwrap());
    });
    timeout(Duration::from_secs(3600), run).await.expect("it goes on").unwrap();
    let status = status.lock().unwrap().take().unwrap();
    (status, patient.calls.load(Relaxed))
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_given_up() {
    let options =
        SubscriberOptions::new().on_failure(OnFailure::Park).retry(RetryPolicy::attempts(3));
    let (status, calls) = run(u32::MAX, 1, options).await;
    assert_eq!((status.parked_events, status.waiting_events), (1, 1));
    let told = status.last_error.unwrap();
    assert!(told.contains("the connection of its transaction is lost"), "{told}");
    assert!(told.contains("hung up"), "{told}");
    assert_eq!(calls, 4, "the first time counts for nothing");
}

/// As by an outage that is over when the store is asked.
#[tokio::test(start_paused = true)]
async fn one_lost_connection_skips_no_event() {
    let options =
        SubscriberOptions::new().on_failure(OnFailure::Skip).retry(RetryPolicy::attempts(1));
    for batch in [1, 9] {
        let (status, calls) = run(1, batch, options.clone()).await;
        assert_eq!((status.last_error, calls), (None, 2));
    }
    let (status, calls) = run(2, 1, options).await;
    assert!(status.last_error.is_some());
    assert_eq!(calls, 2);
}
