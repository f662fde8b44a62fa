//! What is wrong with the steps of an aggregate that was written by hand, so that the macro didn't see it, is told at the
//! start, all of it at once (E4).

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use es_core::evolution::Upcaster;
use es_core::prelude::*;
use es_core::registry::{self, AggregateInfo, EventInfo};
use es_core::subscription::Subscriptions;

#[derive(Serialize, Deserialize, Event)]
#[event(version = 3)]
pub struct Moved {}

#[derive(Default)]
pub struct Right;

#[aggregate]
impl Right {
    #[event_handler]
    fn moved(&mut self, _: &Moved) {}
}

const EVENTS: &[EventInfo] = &[EventInfo::of::<Right, Moved>("moved")];
const STEPS: &[Upcaster] = &[
    Upcaster::new("Moved", 1, &[], "to_a_hole", |json, _| Ok(json.into())),
    Upcaster::new("Moved", 1, &[("Moved", 3)], "once_more", |json, _| Ok(json.into())),
    Upcaster::new("Here", 1, &[("There", 1)], "round", |json, _| Ok(json.into())),
    Upcaster::new("There", 1, &[("Here", 1)], "and_round", |json, _| Ok(json.into())),
    Upcaster::new("Gone", 1, &[("Nowhere", 1)], "away", |json, _| Ok(json.into())),
];

es_core::__private::submit! {
    AggregateInfo {
        entity_type: "ByHand",
        rust_type: "ByHand",
        commands: &[],
        events: EVENTS,
        upcasters: STEPS,
    }
}

pub struct View;

#[event_subscriber(id = "view")]
impl View {
    #[event_handler]
    async fn moved(&self, _: EventHandlerContext<'_, Moved>) {}
}

#[tokio::test]
async fn holes_circles_and_doubles_are_told_at_the_start() {
    let told = registry::check().unwrap_err().to_string();
    let mut lines = told.lines().skip(1);
    for (of, what) in [
        ("* `Moved` of ByHand: ", "an older version of this event is read, but one between"),
        ("* `Moved` of ByHand, the step from version 1: ", "a version that nothing reads"),
        ("* `Moved` of ByHand, the step from version 1: ", "two steps read the same version"),
        ("* `Here` of ByHand, the step from version 1: ", "leads back to itself"),
        ("* `There` of ByHand, the step from version 1: ", "leads back to itself"),
        ("* `Gone` of ByHand, the step from version 1: ", "a version that nothing reads"),
    ] {
        let line = lines.next().unwrap();
        assert!(line.starts_with(of) && line.contains(what), "{line}");
    }
    assert_eq!(lines.next(), None);
    let run = Subscriptions::new(MemoryEventStore::new()).subscribe(View).run(async {}).await;
    let at_start = run.unwrap_err().to_string();
    assert!(at_start.ends_with(told.split_once('\n').unwrap().1), "{at_start}");
}
