//! How snapshots are taken: of the state, and of a memento.

use es_core::SnapshotContext;
use es_core::prelude::*;

#[derive(Serialize, Deserialize, Event)]
pub struct Counted {
    pub by: u64,
}

#[derive(Default, Serialize, Deserialize)]
pub struct Counter {
    pub count: u64,
}

#[aggregate(snapshot(every = 100))]
impl Counter {
    #[event_handler]
    fn counted(&mut self, event: &Counted) {
        self.count += event.by;
    }
}

#[derive(Default)]
pub struct Meter {
    pub count: u64,
}

#[derive(Serialize, Deserialize)]
pub struct Reading(pub u64);

impl From<&Meter> for Reading {
    fn from(meter: &Meter) -> Self {
        Reading(meter.count)
    }
}

impl From<Reading> for Meter {
    fn from(Reading(count): Reading) -> Self {
        Meter { count }
    }
}

fn at_hundreds(cx: &SnapshotContext<'_, Meter>) -> bool {
    cx.state().count.is_multiple_of(100)
}

#[aggregate(
    snapshot(strategy = at_hundreds, memento = Reading, version = 2, keep = 3, with_append)
)]
impl Meter {
    #[event_handler]
    fn counted(&mut self, event: &Counted) {
        self.count += event.by;
    }
}
