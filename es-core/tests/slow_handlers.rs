//! A handler that leaves its transaction idle for so long that the store ends it holds up its own entity, and no other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::sync::Arc;
use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, FeedPage, FeedQuery, FeedSignal, FeedVisitor,
    Position, StoreError, StoreTransaction, StreamHead, StreamQuery, Visitor,
};
use es_core::subscription::{
    Advance, AdvanceError, OnFailure, SubscriberOptions, SubscriptionStore, Subscriptions,
};
use futures_core::future::BoxFuture;
use tokio::time::{Instant, sleep, timeout};

/// A store that hangs up on transactions which are open for eleven seconds.
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
        match self.since.elapsed() < Duration::from_secs(11) {
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

/// Waits for somebody who doesn't come, for one account.
struct Patient;

#[event_subscriber(id = "patient")]
impl Patient {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>, _: &mut Transaction) {
        if cx.entity_id() == "slow" {
            sleep(Duration::from_secs(12)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_given_up() {
    let store = Impatient(MemoryEventStore::new());
    let accounts = AggregateRepository::<Account>::new(store.clone());
    for id in ["first", "slow", "last"] {
        accounts.save_as(id.to_owned(), Open).await.unwrap();
    }
    let options = SubscriberOptions::new()
        .on_failure(OnFailure::Park)
        .retry(RetryPolicy::attempts(3))
        .lanes(1);
    let subscriptions = Subscriptions::new(store).subscribe_with(Patient, options);
    let control = subscriptions.control();
    let run = subscriptions.run(async {
        control.caught_up("patient").await.unwrap();
        let status = control.status("patient").await.unwrap();
        assert_eq!((status.parked_events, status.waiting_events), (1, 1));
        let told = status.last_error.unwrap();
        assert!(told.contains("open for more than 10 s") && told.contains("hung up"), "{told}");
    });
    timeout(Duration::from_secs(3600), run).await.expect("it goes on").unwrap();
}
