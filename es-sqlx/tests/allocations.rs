//! Reading a stream allocates for its pages, and nothing for an event.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::ops::ControlFlow;

use allocation_counter::measure;
use common::{File, TYPE, append};
use es_core::store::{EventStore, StreamQuery};

/// How many allocations of this thread it takes to see so many events.
fn allocations(events: u64) -> u64 {
    let file = File::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(async {
        let store = file.store().await;
        store.append(append("ada", 0, events)).await.unwrap();
        store
    });
    let load = || {
        let mut seen = 0;
        let visit = &mut |_: es_core::store::RawEvent<'_>| {
            seen += 1;
            ControlFlow::Continue(())
        };
        runtime.block_on(store.load(StreamQuery::new(TYPE, "ada"), visit)).unwrap();
        assert_eq!(seen, events);
    };
    load();
    measure(load).count_total
}

#[test]
fn a_page_of_256_events_takes_fewer_than_25_allocations() {
    let (short, long) = (allocations(256), allocations(11 * 256));
    let for_each_page = long.saturating_sub(short) as f64 / 10.0;
    assert!(for_each_page < 25.0, "{for_each_page} for each page: {short} and {long}");
    assert!(short < 256, "{short} for one page");
}
