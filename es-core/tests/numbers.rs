//! Numbers come back as they were decided, to the last bit, or aren't stored.

#![allow(clippy::unwrap_used, reason = "this is how a test fails")]

use es_core::prelude::*;

#[derive(Serialize, Deserialize, Command)]
pub(crate) struct Measure {
    pub(crate) value: f64,
}

#[derive(Serialize, Deserialize, Event)]
pub(crate) struct Measured {
    pub(crate) value: f64,
}

#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) value: f64,
}

#[aggregate(vis = pub(crate))]
impl Meter {
    #[command_handler]
    fn measure(command: Measure) -> Measured {
        Measured { value: command.value }
    }

    #[event_handler]
    fn measured(event: Measured) -> Self {
        Meter { value: event.value }
    }
}

#[tokio::test]
async fn a_float_comes_back_to_the_last_bit() {
    let meters = AggregateRepository::<Meter>::new(MemoryEventStore::new());
    for value in [-1.5e-300, 0.1 + 0.2, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, -0.0] {
        let saved = meters.save(Measure { value }).await.unwrap();
        let found = meters.find(saved.id()).await.unwrap();
        assert_eq!(
            found.value.to_bits(),
            value.to_bits(),
            "{value:e} came back as {:e}",
            found.value
        );
    }
}

#[tokio::test]
async fn what_could_not_be_read_back_is_not_stored() {
    let meters = AggregateRepository::<Meter>::new(MemoryEventStore::new());
    // JSON has no number for it, and `null` is not read as one.
    let saved = meters.save(Measure { value: f64::NAN }).await;
    assert!(matches!(saved, Err(Failure::Unreadable(_))), "{saved:?}");
    assert!(meters.ids(None, 10).await.unwrap().is_empty());
}

#[test]
#[should_panic = "couldn't be read back"]
fn a_scenario_tells_what_could_not_be_read_back() {
    es_core::testing::given::<Meter>(Measured { value: f64::INFINITY }).then_state(|_| ());
}
