//! A state that was folded from events which mean something else by now isn't read from its snapshot (N1). By itself, since no
//! program with subscribers has two aggregates of one name.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use es_core::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Command)]
struct Note(u32);

mod older {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    pub(crate) struct Noted {
        number: u32,
    }

    #[derive(Default, Serialize, Deserialize)]
    pub(crate) struct Heap {
        size: u32,
    }

    #[aggregate(id = String, type = "Heap", snapshot(every = 1, with_append))]
    impl Heap {
        #[command_handler]
        fn note(command: Note) -> Noted {
            Noted { number: command.0 }
        }

        #[event_handler]
        fn noted(&mut self, event: &Noted) {
            self.size += event.number;
        }
    }
}

/// The shape of the state is the same.
mod newer {
    use super::*;

    #[derive(Serialize, Deserialize, Event)]
    #[event(version = 2)]
    pub(crate) struct Noted {
        number: u32,
    }

    #[derive(Default, Serialize, Deserialize)]
    pub(crate) struct Heap {
        pub(crate) size: u32,
    }

    #[aggregate(id = String, type = "Heap", snapshot(every = 1, with_append))]
    impl Heap {
        #[event_handler]
        fn noted(&mut self, event: &Noted) {
            self.size += event.number;
        }

        #[upcaster(event = "Noted", from = 1)]
        fn in_tens(json: Value) -> Value {
            json!({ "number": json["number"].as_u64().unwrap_or_default() * 10 })
        }
    }
}

#[tokio::test]
async fn a_snapshot_of_events_that_meant_something_else_is_not_read() {
    let store = MemoryEventStore::new();
    let (id, older) = ("one".to_owned(), AggregateRepository::<older::Heap>::new(store.clone()));
    older.save_as(id.clone(), Note(3)).await.unwrap();
    let newer = AggregateRepository::<newer::Heap>::new(store);
    assert_eq!(newer.find(&id).await.unwrap().state().size, 30);
}
