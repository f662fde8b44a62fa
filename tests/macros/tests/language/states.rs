//! How the state begins and goes on.

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Clone, Command)]
pub struct Begin;

#[derive(Clone, Command)]
pub struct Finish;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(alias = "Started", alias = "Begun.v0")]
pub struct Begun;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "done")]
pub struct Finished;

#[derive(Debug, PartialEq)]
pub enum Job {
    Running(u8),
    Done,
}

#[aggregate]
impl Job {
    #[command_handler]
    fn begin(_: Begin) -> Begun {
        Begun
    }

    #[command_handler]
    fn finish(&self, _: Finish) -> Option<Finished> {
        matches!(self, Self::Running(_)).then_some(Finished)
    }

    #[event_handler]
    fn begun(_: Begun) -> Job {
        Job::Running(1)
    }

    #[event_handler]
    fn finished(self, _: Finished) -> Self {
        Self::Done
    }
}

mod older {
    use es_core::prelude::*;

    #[derive(Clone, Command)]
    pub struct Begin;

    #[derive(Serialize, Deserialize, Event)]
    pub struct Started;

    #[derive(Default)]
    pub struct OldJob;

    /// The job as an older program knew it.
    #[aggregate(type = "Job")]
    impl OldJob {
        #[command_handler]
        fn begin(_: Begin) -> Started {
            Started
        }

        #[event_handler]
        fn started(&mut self, _: Started) {}
    }
}

#[test]
fn an_enum_moves_from_state_to_state() {
    given::<Job>(Begun).when(Finish).then(Finished).then_state(|job| assert_eq!(*job, Job::Done));
    given::<Job>((Begun, Finished)).when(Finish).then_nothing();
}

#[test]
fn an_event_that_starts_the_state_replaces_it_later() {
    given::<Job>((Begun, Finished, Begun)).then_state(|job| assert_eq!(*job, Job::Running(1)));
}

#[test]
#[should_panic(expected = "`done` can't be the first event of `Job`")]
fn an_event_that_needs_a_state_cannot_be_the_first() {
    given::<Job>(Finished).then_state(|_| {});
}

#[tokio::test]
async fn events_are_loaded_by_their_older_names() {
    let store = MemoryEventStore::new();
    let old = AggregateRepository::<older::OldJob>::new(store.clone());
    let stored = old.save(older::Begin).await.unwrap();
    let jobs = AggregateRepository::<Job>::new(store);
    let id = stored.id().uuid().into();
    assert_eq!(*jobs.find(&id).await.unwrap(), Job::Running(1));
    assert_eq!(*jobs.update(&id, Finish).await.unwrap(), Job::Done);
    let names: Vec<_> = jobs.history(&id).await.unwrap().collect().await.unwrap();
    let names: Vec<_> = names.iter().map(|event| event.stored_type()).collect();
    assert_eq!(names, ["Started", "done"]);
}
