//! The given/when/then fixture finds states that don't come back from their snapshots.

use es_core::prelude::*;
use es_core::testing::{given, given_nothing};

#[derive(Serialize, Deserialize, Event)]
struct Counted {
    by: u64,
}

#[derive(Command)]
struct Count(u64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Sort {
    Small(u64),
    Large(u64),
}

/// An aggregate that keeps what it counted last, in a state of this kind.
macro_rules! counter {
    ($module:ident { $($field:tt)* } = $state:expr, $($snapshot:tt)*) => {
        mod $module {
            use super::*;

            #[derive(Debug, PartialEq, Serialize, Deserialize)]
            pub(super) struct Counter {
                $($field)*
            }

            #[aggregate(type = "Counter", vis = pub(super), $($snapshot)*)]
            impl Counter {
                #[command_handler]
                fn create(command: Count) -> Option<Counted> {
                    (command.0 > 0).then_some(Counted { by: command.0 })
                }

                #[event_handler]
                pub(super) fn counted(event: &Counted) -> Self {
                    let state: fn(u64) -> Counter = $state;
                    state(event.by)
                }
            }
        }
    };
}

counter!(plain { last: Option<u64> } = |by| Counter { last: Some(by) }, snapshot(every = 2));
counter!(
    skipping {
        #[serde(skip)]
        last: u64
    } = |by| Counter { last: by },
    snapshot(every = 2)
);
counter!(nested { last: Option<Option<u64>> } = |_| Counter { last: Some(None) }, snapshot(every = 2));
counter!(infinite { last: Option<f64> } = |_| Counter { last: Some(f64::INFINITY) }, snapshot(every = 2));
counter!(untagged { last: Sort } = |by| Counter { last: Sort::Large(by) }, snapshot(every = 2));
counter!(hidden { last: Sort } = |by| Counter { last: Sort::Small(by) }, snapshot(every = 2));
counter!(
    versioned { last: Sort } = |by| Counter { last: Sort::Small(by) },
    snapshot(every = 2, version = 1)
);
counter!(unreadable { last: f64 } = |_| Counter { last: f64::INFINITY }, snapshot(every = 2));
counter!(without { last: u64 } = |by| Counter { last: by },);
counter!(
    forgetful { last: u64 } = |by| Counter { last: by },
    snapshot(every = 2, memento = Memento)
);

#[derive(Serialize, Deserialize)]
struct Memento {}

impl From<&forgetful::Counter> for Memento {
    fn from(_: &forgetful::Counter) -> Self {
        Memento {}
    }
}

impl From<Memento> for forgetful::Counter {
    fn from(_: Memento) -> Self {
        forgetful::Counter::counted(&Counted { by: 0 })
    }
}

#[test]
fn a_state_that_comes_back_passes() {
    given::<plain::Counter>(Counted { by: 7 }).then_snapshot_restores();
    given_nothing::<plain::Counter>()
        .when(Count(7))
        .then(Counted { by: 7 })
        .then_snapshot_restores();
}

#[test]
#[should_panic = "expected the state\n  Counter { last: 7 }\nbut its snapshot gives\n  Counter { last: 0 }\nfrom\n  {}"]
fn a_field_that_is_skipped_fails() {
    given::<skipping::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "but its snapshot gives\n  Counter { last: 0 }"]
fn a_field_that_is_skipped_fails_after_a_command_too() {
    given_nothing::<skipping::Counter>()
        .when(Count(7))
        .then(Counted { by: 7 })
        .then_snapshot_restores();
}

#[test]
#[should_panic = "Counter { last: Some(None) }\nbut its snapshot gives\n  Counter { last: None }\nfrom\n  {\"last\":null}"]
fn an_option_of_an_option_fails() {
    given::<nested::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "Counter { last: Some(inf) }\nbut its snapshot gives\n  Counter { last: None }"]
fn an_infinite_number_fails() {
    given::<infinite::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "Counter { last: Large(7) }\nbut its snapshot gives\n  Counter { last: Small(7) }"]
fn an_untagged_enum_that_reads_back_as_another_variant_fails() {
    given::<untagged::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "Counter { last: 7 }\nbut its snapshot gives\n  Counter { last: 0 }\nfrom\n  {}"]
fn a_memento_that_forgets_fails() {
    given::<forgetful::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "no snapshot of the state can be kept: its JSON doesn't fit (Data in line 1, column 12)\n  Counter { last: inf }"]
fn a_state_that_can_not_be_read_back_fails() {
    given::<unreadable::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "Counter has no snapshots: `#[aggregate(snapshot(…))]` gives it some"]
fn an_aggregate_without_snapshots_fails() {
    given::<without::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
#[should_panic = "there is no state: the command led to no event"]
fn a_command_that_creates_nothing_fails() {
    given_nothing::<plain::Counter>().when(Count(0)).then_nothing().then_snapshot_restores();
}

#[test]
#[should_panic = "no snapshot of Counter is kept: a part of its JSON doesn't show its shape"]
fn a_state_that_does_not_show_its_shape_fails() {
    given::<hidden::Counter>(Counted { by: 7 }).then_snapshot_restores();
}

#[test]
fn a_state_that_does_not_show_its_shape_and_has_a_version_passes() {
    given::<versioned::Counter>(Counted { by: 7 }).then_snapshot_restores();
}
