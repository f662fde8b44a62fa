//! The given/when/then fixture takes no more of a deleted entity than the repository does.
#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Debug, Serialize, Deserialize, Event)]
struct Added {
    n: u32,
}

#[derive(Serialize, Deserialize, Event)]
struct Gone;

/// Who asked for it is told beside.
#[derive(Serialize, Deserialize, Event)]
#[event(pseudo)]
struct Asked;

#[derive(Command)]
struct DeleteForSomebody;

#[derive(Command)]
struct Begin(u32);

#[derive(Command)]
struct Add(u32);

#[derive(Command)]
struct Delete {
    and_then_add: bool,
}

#[derive(Default)]
struct Sum {
    n: u32,
}

#[aggregate(type = "Sum")]
impl Sum {
    #[command_handler]
    fn begin(command: Begin) -> Added {
        Added { n: command.0 }
    }

    #[command_handler]
    fn add(&self, command: &Add) -> Added {
        Added { n: command.0 }
    }

    #[command_handler]
    fn delete(&self, command: &Delete) -> (Gone, Option<Added>) {
        (Gone, command.and_then_add.then_some(Added { n: 1 }))
    }

    #[command_handler]
    fn delete_for_somebody(&self, _: &DeleteForSomebody) -> (Gone, Asked) {
        (Gone, Asked)
    }

    #[event_handler]
    fn added(&mut self, event: &Added) {
        self.n += event.n;
    }

    #[event_handler(deletes)]
    fn gone(&mut self, _: &Gone) {}
}

#[test]
fn a_command_that_deletes_passes() {
    given::<Sum>(Added { n: 1 })
        .when(Delete { and_then_add: false })
        .then(Gone)
        .then_state(|sum| assert_eq!(sum.n, 1));
}

#[tokio::test]
async fn a_pseudo_event_may_come_after_the_one_that_deletes() {
    let sums = AggregateRepository::<Sum>::new(MemoryEventStore::new());
    let sum = sums.save_as(Id::new(), Begin(1)).await.unwrap();
    let deleted = sums.update(sum.id(), DeleteForSomebody).await.unwrap();
    assert_eq!((deleted.is_deleted(), deleted.version().get()), (true, 3));
    assert!(matches!(sums.find(sum.id()).await, Err(Failure::Deleted { .. })));
    let sum = sums.find(sum.id()).including_deleted().await.unwrap();
    assert_eq!((sum.is_deleted(), sum.version().get(), sum.state().n), (true, 3, 1));
}

#[test]
fn the_state_of_a_deleted_entity_can_be_looked_at() {
    given::<Sum>((Added { n: 1 }, Gone)).then_state(|sum| assert_eq!(sum.n, 1));
}

#[test]
#[should_panic = "the last event of the history deletes the Sum, and the repository refuses every command on it with `Failure::Deleted`"]
fn a_command_on_a_deleted_entity_fails() {
    given::<Sum>((Added { n: 1 }, Gone)).when(Add(3)).then(Added { n: 3 });
}

#[test]
#[should_panic = "`Added` comes after the event that deletes the Sum"]
fn an_event_after_the_one_that_deletes_fails() {
    given::<Sum>(Added { n: 1 }).when(Delete { and_then_add: true }).then((Gone, Added { n: 1 }));
}

#[test]
#[should_panic = "`Added` comes after the event that deletes the Sum"]
fn a_history_that_goes_on_after_a_deletion_fails() {
    given::<Sum>((Added { n: 1 }, Gone, Added { n: 2 })).then_state(|_| ());
}
