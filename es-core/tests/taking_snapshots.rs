//! When snapshots are taken, and of what: never of less than the program knows, and never in vain again and again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use es_core::prelude::*;
use es_core::store::{NewSnapshot, RawEvent, RawSnapshot, StreamQuery, StreamVisitor};
use es_core::{EventStore, MemoryEventStore, SnapshotContext};
use serde::{Serializer, ser};

#[derive(Debug, Clone, Command)]
pub struct Begin(u32);

#[derive(Debug, Clone, Command)]
pub struct Add(u32);

#[derive(Debug, Clone, Command)]
pub struct Remove(u32);

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub struct Added {
    number: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
pub struct Removed {
    number: u32,
}

/// Which versions have a snapshot that this aggregate reads.
async fn kept<A: Aggregate>(store: &MemoryEventStore, id: &str) -> Vec<u64> {
    struct Versions(Vec<u64>);
    impl StreamVisitor for Versions {
        fn snapshot(&mut self, snapshot: RawSnapshot<'_>) {
            self.0.push(snapshot.version.get());
        }
        fn event(&mut self, _: RawEvent<'_>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let mut versions = Versions(Vec::new());
    let shape = A::SNAPSHOTS.unwrap().shape();
    let query = StreamQuery::new(A::TYPE, id).snapshot(Some(&shape));
    store.load(query, &mut versions).await.unwrap();
    versions.0
}

mod older {
    use super::*;

    /// A release that knows of no removals.
    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        pub size: u32,
    }

    #[aggregate(id = String, type = "Heap", unknown_events = skip, snapshot(every = 1, with_append))]
    impl Heap {
        #[command_handler]
        fn begin(command: Begin) -> Added {
            Added { number: command.0 }
        }

        #[command_handler]
        fn add(&self, command: Add) -> Added {
            Added { number: command.0 }
        }

        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.size += event.number;
        }
    }
}

mod newer {
    use super::*;

    /// The next release, whose states look alike.
    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        pub size: u32,
    }

    #[aggregate(id = String, type = "Heap", unknown_events = skip, snapshot(every = 1, with_append))]
    impl Heap {
        #[command_handler]
        fn remove(&self, command: Remove) -> Removed {
            Removed { number: command.0 }
        }

        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.size += event.number;
        }

        #[event_handler]
        fn removed(&mut self, event: &Removed) {
            self.size -= event.number;
        }
    }
}

#[tokio::test]
async fn what_a_release_skips_is_in_no_snapshot_of_another_one() {
    let store = MemoryEventStore::new();
    let old = AggregateRepository::<older::Heap>::new(store.clone());
    let new = AggregateRepository::<newer::Heap>::new(store.clone());
    let id = "heap".to_owned();
    old.save_as(id.clone(), Begin(10)).await.unwrap();
    new.update(&id, Remove(3)).await.unwrap();
    assert_eq!(old.update(&id, Add(10)).await.unwrap().size, 20);
    assert_eq!(new.find(&id).await.unwrap().size, 17);
    assert_eq!(new.update(&id, Remove(1)).await.unwrap().size, 16);
    assert_eq!(new.find(&id).await.unwrap().size, 16);
}

mod renamed {
    use super::*;

    /// Its state has another shape than that of [`even::Heap`].
    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        pub height: u32,
    }

    #[aggregate(id = String, type = "Heap", snapshot(strategy = never))]
    impl Heap {
        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.height += event.number;
        }
    }

    fn never(_: &SnapshotContext<'_, Heap>) -> bool {
        false
    }
}

#[tokio::test]
async fn a_snapshot_of_another_shape_is_taken_anew_whatever_the_strategy_says() {
    let store = MemoryEventStore::new();
    let old = AggregateRepository::<older::Heap>::new(store.clone());
    let new = AggregateRepository::<renamed::Heap>::new(store.clone());
    let (id, fresh) = ("heap".to_owned(), "fresh".to_owned());
    old.save_as(id.clone(), Begin(10)).await.unwrap();
    old.without_snapshots().save_as(fresh.clone(), Begin(5)).await.unwrap();

    assert_eq!(new.find(&id).await.unwrap().height, 10);
    assert_eq!(kept::<renamed::Heap>(&store, &id).await, [1]);
    assert_eq!(new.find(&fresh).await.unwrap().height, 5);
    assert_eq!(kept::<renamed::Heap>(&store, &fresh).await, [0; 0], "it never had one");
}

static WRITES: AtomicU32 = AtomicU32::new(0);

/// Can't be written as JSON.
#[derive(Default, Deserialize)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        WRITES.fetch_add(1, SeqCst);
        Err(ser::Error::custom("it has no JSON"))
    }
}

mod unwritable {
    use super::*;

    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        size: u32,
        rest: Unwritable,
    }

    #[aggregate(id = String, type = "Heap", snapshot(every = 3))]
    impl Heap {
        #[command_handler]
        fn begin(command: Begin) -> Added {
            Added { number: command.0 }
        }

        #[command_handler]
        fn add(&self, command: Add) -> Added {
            Added { number: command.0 }
        }

        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.size += event.number;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_tried_no_more_often_than_what_can() {
    let heaps = AggregateRepository::<unwritable::Heap>::new(MemoryEventStore::new());
    let id = "heap".to_owned();
    heaps.save_as(id.clone(), Begin(1)).await.unwrap();
    for _ in 2..=10 {
        heaps.update(&id, Add(1)).await.unwrap();
    }
    assert_eq!(WRITES.load(SeqCst), 3, "at versions 3, 6 and 9");
    for _ in 0..5 {
        heaps.find(&id).await.unwrap();
    }
    assert_eq!(WRITES.load(SeqCst), 3);
}

mod panicking {
    use super::*;

    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        pub size: u32,
    }

    #[aggregate(id = String, type = "Heap", snapshot(strategy = panics))]
    impl Heap {
        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.size += event.number;
        }
    }

    fn panics(_: &SnapshotContext<'_, Heap>) -> bool {
        panic!("the strategy is wrong")
    }
}

#[tokio::test]
async fn a_strategy_that_panics_does_no_harm_to_a_read() {
    let store = MemoryEventStore::new();
    let old = AggregateRepository::<older::Heap>::new(store.clone()).without_snapshots();
    let id = "heap".to_owned();
    old.save_as(id.clone(), Begin(10)).await.unwrap();
    let panicking = AggregateRepository::<panicking::Heap>::new(store);
    assert_eq!(panicking.find(&id).await.unwrap().size, 10);
}

/// A release of an aggregate whose state doesn't show all of its shape, and the next one.
macro_rules! bills {
    ($module:ident, $($version:tt)*) => {
        mod $module {
            use super::*;

            pub(crate) mod older {
                use super::*;

                #[derive(Serialize, Deserialize)]
                #[serde(tag = "state")]
                pub enum Bill {
                    Draft { sum: u32 },
                }

                #[aggregate(type = "Bill", id = String, snapshot(every = 1, with_append $($version)*))]
                impl Bill {
                    #[command_handler]
                    fn begin(command: Begin) -> Added {
                        Added { number: command.0 }
                    }

                    #[event_handler]
                    fn added(event: Added) -> Self {
                        Bill::Draft { sum: event.number }
                    }
                }
            }

            #[derive(Debug, PartialEq, Serialize, Deserialize)]
            #[serde(tag = "state")]
            pub enum Bill {
                Draft {
                    sum: u32,
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                    last: Option<u32>,
                },
            }

            #[aggregate(type = "Bill", id = String, snapshot(every = 1, with_append))]
            impl Bill {
                #[event_handler]
                fn added(event: Added) -> Self {
                    Bill::Draft { sum: event.number, last: Some(event.number) }
                }
            }
        }
    };
}

bills!(hidden,);
bills!(versioned, , version = 1);

#[tokio::test]
async fn a_state_that_does_not_show_its_shape_has_no_snapshots_without_a_version() {
    let store = MemoryEventStore::new();
    let bills = AggregateRepository::<hidden::older::Bill>::new(store.clone());
    let id = "bill".to_owned();
    bills.save_as(id.clone(), Begin(7)).await.unwrap();
    assert_eq!(kept::<hidden::older::Bill>(&store, &id).await, [0; 0]);

    let bills = AggregateRepository::<versioned::older::Bill>::new(store.clone());
    let other = "other".to_owned();
    bills.save_as(other.clone(), Begin(7)).await.unwrap();
    assert_eq!(kept::<versioned::older::Bill>(&store, &other).await, [1]);

    // The text of the shape is the same, and the next release doesn't believe it.
    let bills = AggregateRepository::<hidden::Bill>::new(store);
    let bill = hidden::Bill::Draft { sum: 7, last: Some(7) };
    assert_eq!(*bills.find(&other).await.unwrap(), bill);
}

/// Keeps a snapshot as another process may, with a state that tells where it comes from.
async fn keep<A: Aggregate>(store: &MemoryEventStore, id: &str, data: &str) {
    let mut last = None;
    let mut show = |event: RawEvent<'_>| {
        last = Some((event.version, event.event_id));
        ControlFlow::Continue(())
    };
    store.load(StreamQuery::new(A::TYPE, id), &mut show).await.unwrap();
    let (version, event_id) = last.unwrap();
    let snapshot = NewSnapshot {
        entity_type: A::TYPE,
        entity_id: id.to_owned(),
        version,
        event_id,
        shape: A::SNAPSHOTS.unwrap().shape().into(),
        data: data.into(),
        keep: 1,
    };
    store.keep_snapshot(snapshot).await.unwrap();
}

mod rare {
    use super::*;

    #[derive(Default, Serialize, Deserialize)]
    pub struct Heap {
        pub size: u32,
    }

    #[aggregate(id = String, type = "Heap", snapshot(every = 3))]
    impl Heap {
        #[command_handler]
        fn begin(command: Begin) -> Added {
            Added { number: command.0 }
        }

        #[command_handler]
        fn add(&self, command: Add) -> Added {
            Added { number: command.0 }
        }

        #[event_handler]
        fn added(&mut self, event: &Added) {
            self.size += event.number;
        }
    }
}

#[tokio::test]
async fn a_snapshot_is_looked_for_again_after_a_hundred_reads() {
    let store = MemoryEventStore::new();
    let heaps = AggregateRepository::<rare::Heap>::new(store.clone());
    let (saved, found) = ("saved".to_owned(), "found".to_owned());
    heaps.save_as(saved.clone(), Begin(1)).await.unwrap();
    heaps.clone().without_snapshots().save_as(found.clone(), Begin(1)).await.unwrap();
    assert_eq!(heaps.find(&found).await.unwrap().size, 1);
    for id in [saved, found] {
        keep::<rare::Heap>(&store, &id, r#"{"size":1000}"#).await;
        for _ in 0..100 {
            assert_eq!(heaps.find(&id).await.unwrap().size, 1);
        }
        assert_eq!(heaps.find(&id).await.unwrap().size, 1000);
        assert_eq!(heaps.find(&id).await.unwrap().size, 1000);
        let other = AggregateRepository::<rare::Heap>::new(store.clone());
        assert_eq!(other.find(&id).await.unwrap().size, 1000, "who knows nothing looks");
    }
}

#[tokio::test]
async fn a_snapshot_is_looked_for_where_one_is_due() {
    let store = MemoryEventStore::new();
    let (ours, theirs) = (
        AggregateRepository::<rare::Heap>::new(store.clone()),
        AggregateRepository::<rare::Heap>::new(store.clone()).without_snapshots(),
    );
    let id = "heap".to_owned();
    ours.save_as(id.clone(), Begin(1)).await.unwrap();
    theirs.update(&id, Add(1)).await.unwrap();
    theirs.update(&id, Add(1)).await.unwrap();
    keep::<rare::Heap>(&store, &id, r#"{"size":1000}"#).await;
    assert_eq!(ours.find(&id).await.unwrap().size, 3);
    assert_eq!(kept::<rare::Heap>(&store, &id).await, [3], "it isn't replaced");
    assert_eq!(ours.find(&id).await.unwrap().size, 1000);
}

#[tokio::test]
async fn a_change_that_makes_a_snapshot_due_keeps_one_that_is_read() {
    let store = MemoryEventStore::new();
    let heaps = AggregateRepository::<rare::Heap>::new(store.clone());
    let id = "heap".to_owned();
    heaps.save_as(id.clone(), Begin(1)).await.unwrap();
    heaps.update(&id, Add(1)).await.unwrap();
    heaps.update(&id, Add(1)).await.unwrap();
    assert_eq!(kept::<rare::Heap>(&store, &id).await, [3]);
    keep::<rare::Heap>(&store, &id, r#"{"size":1000}"#).await;
    // That there was none before says nothing.
    assert_eq!(heaps.find(&id).at_version(2).await.unwrap().size, 2);
    assert_eq!(heaps.find(&id).await.unwrap().size, 1000);
}
