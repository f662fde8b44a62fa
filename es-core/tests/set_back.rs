//! A repository with a cache outlives what it knows: the store is set back, to a backup or to nothing.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

mod common;

use std::sync::{Arc, RwLock};

use common::*;
use es_core::prelude::*;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, StoreError, StreamHead, StreamQuery, Visitor,
};
use es_core::{Transaction, Version};
use futures_core::future::BoxFuture;

/// A store in whose place another one can be put.
#[derive(Clone)]
struct Replaced(Arc<RwLock<MemoryEventStore>>);

impl Replaced {
    fn now(&self) -> MemoryEventStore {
        self.0.read().unwrap().clone()
    }
}

impl EventStore for Replaced {
    fn capabilities(&self) -> Capabilities {
        self.now().capabilities()
    }

    fn load<'a>(
        &'a self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move { self.now().load(query, visit).await })
    }

    fn append(&self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move { self.now().append(append).await })
    }

    fn entities<'a>(
        &'a self,
        entity_type: &'a str,
        after: Option<&'a str>,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move { self.now().entities(entity_type, after, limit).await })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async move { self.now().begin().await })
    }
}

/// A repository that knows an account with a balance of 30 at version 4, and its store, which is empty again.
async fn set_back() -> (AggregateRepository<Account>, Replaced, Id<Account>) {
    let store = Replaced(Arc::new(RwLock::new(MemoryEventStore::new())));
    let accounts = AggregateRepository::<Account>::new(store.clone()).cache(10);
    let id = *accounts.save(OpenAccount { owner: "Ada".into() }).await.unwrap().id();
    for _ in 0..3 {
        accounts.update(&id, Deposit { amount: 10 }).await.unwrap();
    }
    *store.0.write().unwrap() = MemoryEventStore::new();
    (accounts, store, id)
}

#[tokio::test]
async fn an_entity_that_is_gone_is_not_found() {
    let (accounts, _, id) = set_back().await;
    let deposit = accounts.update(&id, Deposit { amount: 1 }).await;
    assert!(matches!(deposit, Err(Failure::NotFound { .. })), "{deposit:?}");

    let (accounts, _, id) = set_back().await;
    let deposit = accounts.update(&id, Deposit { amount: 1 }).triggered_by("m").await;
    assert!(matches!(deposit, Err(Failure::NotFound { .. })), "{deposit:?}");

    let (accounts, _, id) = set_back().await;
    let withdrawal = accounts.update(&id, Withdraw { amount: 31 }).await;
    assert!(
        matches!(withdrawal, Err(RepositoryError::Failed(Failure::NotFound { .. }))),
        "{withdrawal:?}"
    );
}

#[tokio::test]
async fn an_entity_that_is_younger_again_is_read_from_its_beginning() {
    let younger = async || {
        let (accounts, store, id) = set_back().await;
        let others = AggregateRepository::<Account>::new(store);
        others.save_as(id, OpenAccount { owner: "Ada".into() }).await.unwrap();
        others.update(&id, Deposit { amount: 5 }).await.unwrap();
        (accounts, id)
    };
    let (accounts, id) = younger().await;
    let account = accounts.update(&id, Deposit { amount: 1 }).await.unwrap();
    assert_eq!((account.balance, account.version()), (6, Version::new(3)));

    let (accounts, id) = younger().await;
    let withdrawal = accounts.update(&id, Withdraw { amount: 31 }).await;
    assert!(
        matches!(withdrawal, Err(RepositoryError::Rejected(InsufficientFunds(5)))),
        "{withdrawal:?}"
    );
}
