//! Numbers come back as they were decided, to the last bit.

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
