//! Many writers at once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::collections::HashSet;

use common::{File, append, stream};
use es_core::store::{AppendError, EventStore};
use es_sqlx::SqlxEventStore;

/// Appends so many events one by one to changing entities; each is `writer:n`. Returns the positions.
async fn write(store: SqlxEventStore, writer: usize, events: usize) -> Vec<u64> {
    let mut positions = Vec::new();
    for n in 0..events {
        let id = format!("entity-{}", (writer + n) % 3);
        loop {
            let mut append = append(&id, common::version(&store, &id).await, 1);
            append.metadata = Some(format!("{writer}:{n}"));
            match store.append(append).await {
                Ok(appended) => break positions.push(appended.position.unwrap().get()),
                Err(AppendError::Conflict { expected, actual }) => assert!(actual > expected),
                Err(AppendError::AlreadyExists { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    positions
}

async fn all_is_stored_once(
    store: &SqlxEventStore,
    writers: usize,
    events: usize,
    positions: Vec<Vec<u64>>,
) {
    for positions in &positions {
        assert!(positions.is_sorted(), "a writer's positions rise");
    }
    let positions: HashSet<u64> = positions.into_iter().flatten().collect();
    assert_eq!(positions.len(), writers * events);
    let mut seen = HashSet::new();
    for entity in 0..3 {
        for event in stream(store, &format!("entity-{entity}")).await.1 {
            assert!(seen.insert(event.metadata.unwrap()));
        }
    }
    assert_eq!(seen.len(), writers * events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_share_a_store_lose_no_event() {
    let file = File::new();
    let store = file.store().await;
    let tasks: Vec<_> =
        (0..16).map(|writer| tokio::spawn(write(store.clone(), writer, 25))).collect();
    let mut positions = Vec::new();
    for task in tasks {
        positions.push(task.await.unwrap());
    }
    all_is_stored_once(&store, 16, 25, positions).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_that_share_a_file_lose_no_event() {
    let file = File::new();
    let mut tasks = Vec::new();
    for writer in 0..8 {
        let store = file.store().await;
        tasks.push(tokio::spawn(async move { write(store, writer, 25).await }));
    }
    let mut positions = Vec::new();
    for task in tasks {
        positions.push(task.await.unwrap());
    }
    all_is_stored_once(&file.store().await, 8, 25, positions).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_creations_one_wins() {
    let file = File::new();
    let store = file.store().await;
    let tasks: Vec<_> = (1..=20)
        .map(|events| {
            let store = store.clone();
            tokio::spawn(async move { store.append(append("ada", 0, events)).await })
        })
        .collect();
    let mut won = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(appended) => won.push(appended.version.get()),
            Err(error) => assert!(matches!(error, AppendError::AlreadyExists { .. }), "{error:?}"),
        }
    }
    let (head, events) = stream(&store, "ada").await;
    assert_eq!(won, [head.version.get()]);
    assert_eq!(events.len() as u64, head.version.get());
}
