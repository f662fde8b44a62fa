//! A repository tells when a store leaves an event out, whichever way it reads.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

mod common;

use std::ops::ControlFlow;

use common::*;
use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, RawEvent, StoreError, StreamHead, StreamQuery,
    Visitor,
};
use es_core::{Transaction, Version};
use futures_core::future::BoxFuture;

/// A store that doesn't show an event.
struct Skips {
    store: MemoryEventStore,
    version: u64,
}

impl EventStore for Skips {
    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move {
            let skip = &mut |raw: RawEvent<'_>| match raw.version == self.version {
                true => ControlFlow::Continue(()),
                false => visit.event(raw),
            };
            self.store.load(query, skip).await
        })
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.store.append(append)
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        self.store.entities(entity_type, after, limit)
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        self.store.begin()
    }
}

fn is_gap(failure: &Failure, version: u64) -> bool {
    let text = failure.to_string();
    matches!(failure, Failure::Store(StoreError::Corrupt(_)))
        && text.contains(&format!("no version {version} before"))
}

#[tokio::test]
async fn an_event_that_the_store_leaves_out_is_told() {
    let store = MemoryEventStore::new();
    let accounts = AggregateRepository::<Account>::new(store.clone());
    let opened = accounts.save(OpenAccount { owner: "Ada".into() }).await.unwrap();
    for _ in 0..300 {
        accounts.update(opened.id(), Deposit { amount: 1 }).await.unwrap();
    }
    for version in [1, 2, 256, 257, 258, 301] {
        let accounts = AggregateRepository::<Account>::new(Skips { store: store.clone(), version });
        let found = accounts.find(opened.id()).await;
        assert!(
            found.as_ref().is_err_and(|failure| is_gap(failure, version)),
            "{version}: {found:?}"
        );
        let history = match accounts.history(opened.id()).await {
            Ok(history) => history.collect().await.map(|events| events.len()),
            Err(failure) => Err(failure),
        };
        assert!(
            history.as_ref().is_err_and(|failure| is_gap(failure, version)),
            "{version}: {history:?}"
        );
    }
    let history = accounts.history(opened.id()).await.unwrap().collect().await.unwrap();
    assert!(history.iter().map(|event| event.version()).eq((1..=301).map(Version::new)));
}
