//! What is told of a subscriber that is paused.

use std::time::Duration;

use es_core::prelude::*;
use es_core::subscription::{HandlerError, Subscriptions};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

#[derive(Debug, Clone, Command)]
struct Open;

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Opened {}

#[derive(Debug, Clone)]
struct Page;

#[aggregate]
impl Page {
    #[command_handler]
    fn open(_: Open) -> Opened {
        Opened {}
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Page
    }
}

struct Reader;

#[event_subscriber(id = "reader")]
impl Reader {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>) -> Result<(), HandlerError> {
        Ok(())
    }
}

/// Whoever watches a paused subscriber sees how much waits for it.
#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_paused_subscriber_tells_how_far_behind_it_is() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let store = MemoryEventStore::new();
    let pages = AggregateRepository::<Page>::new(store.clone());
    let subscriptions = Subscriptions::new(store).subscribe(Reader);
    let control = subscriptions.control();
    let run = subscriptions.run(async {
        control.caught_up("reader").await.expect("it runs");
        control.pause("reader").await.expect("it is paused");
        for _ in 0..3 {
            pages.save(Open).await.expect("saved");
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
    });
    run.await.expect("it was started");

    let lag =
        snapshotter.snapshot().into_vec().into_iter().find_map(|(key, _, _, value)| match value {
            DebugValue::Gauge(lag) if key.key().name() == "es_subscriber_lag_events" => {
                Some(lag.into_inner())
            }
            _ => None,
        });
    assert_eq!(lag, Some(3.0));
}
