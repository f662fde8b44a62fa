//! A load allocates nothing for an event beyond what the event's own deserialisation does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod common;

use allocation_counter::measure;
use common::*;
use es_core::prelude::*;

/// How many allocations it takes to find an account with so many events.
fn allocations(events: u64) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let accounts = AggregateRepository::<Account>::new(MemoryEventStore::new());
    let id = runtime.block_on(async {
        let opened = accounts.save(OpenAccount { owner: "Ada".into() }).await.unwrap();
        for _ in 1..events {
            accounts.update(opened.id(), Deposit { amount: 1 }).await.unwrap();
        }
        *opened.id()
    });
    let find = || {
        let account = runtime.block_on(async { accounts.find(&id).await }).unwrap();
        assert_eq!(account.version(), events);
    };
    measure(find).count_total
}

#[test]
fn a_long_stream_takes_as_many_allocations_as_a_short_one() {
    assert_eq!(allocations(500), allocations(5));
}

#[test]
fn the_measurement_sees_what_an_event_itself_allocates() {
    let with_text = |count: usize| {
        let json: Vec<String> = (0..count).map(|n| format!("{{\"owner\":\"{n}\"}}")).collect();
        measure(|| json.iter().for_each(|json| drop(serde_json::from_str::<AccountOpened>(json))))
            .count_total
    };
    assert_eq!(with_text(50), 50);
}
