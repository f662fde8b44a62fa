//! What repositories and subscribers tell of their work: metrics, and the spans that tie a change to what led to it.
//!
//! One test by itself: where a thread without a tracing subscriber meets a span first, nobody may be told of it any more.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::subscription::{HandlerError, OnFailure, SubscriberOptions, Subscriptions};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id as SpanId};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

#[derive(Debug, Clone, Command)]
struct Open;

#[derive(Debug, Clone, Command)]
struct Note(u32);

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Opened {}

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Noted {
    number: u32,
}

#[derive(Debug, Clone)]
struct Page;

#[aggregate]
impl Page {
    #[command_handler]
    fn open(_: Open) -> Opened {
        Opened {}
    }

    #[command_handler]
    fn note(&self, command: &Note) -> Noted {
        Noted { number: command.0 }
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Page
    }

    #[event_handler]
    fn noted(&mut self, _: &Noted) {}
}

/// Notes 100 on each page that is opened, and can't bear 13.
struct Echo {
    pages: AggregateRepository<Page>,
}

#[event_subscriber(id = "echo")]
impl Echo {
    #[event_handler]
    async fn opened(&self, cx: EventHandlerContext<'_, Opened>) -> Result<(), HandlerError> {
        let id = cx.id::<Page>().map_err(HandlerError::permanent)?;
        cx.update(&self.pages, &id, Note(100)).await.map_err(HandlerError::new)?;
        Ok(())
    }

    #[event_handler]
    async fn noted(&self, cx: EventHandlerContext<'_, Noted>) -> Result<(), HandlerError> {
        match cx.event().number {
            13 => Err(HandlerError::new("it brings bad luck")),
            _ => Ok(()),
        }
    }
}

/// The spans that began, by name, with their fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(&'static str, Fields)>>>);

type Fields = BTreeMap<&'static str, String>;

struct Collect<'f>(&'f mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &SpanId, _: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Collect(&mut fields));
        self.0.lock().expect("not poisoned").push((attributes.metadata().name(), fields));
    }
}

/// The values of all metrics by name; of histograms, how many values were told.
fn values(snapshotter: &Snapshotter) -> BTreeMap<String, f64> {
    let mut values = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(value) => value.into_inner(),
            DebugValue::Histogram(told) => told.len() as f64,
        };
        *values.entry(key.key().name().to_owned()).or_default() += value;
    }
    values
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_change_and_its_subscriber_tell_of_themselves() {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let _recorder = metrics::set_default_local_recorder(&recorder);
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    let _subscriber = tracing::subscriber::set_default(subscriber);

    let store = MemoryEventStore::new();
    let pages = AggregateRepository::<Page>::new(store.clone());
    let opened = pages.save(Open).correlation_id("request 1").await.expect("saved");
    pages.update(opened.id(), Note(13)).await.expect("updated");

    let options = SubscriberOptions::new()
        .on_failure(OnFailure::Park)
        .retry(RetryPolicy::attempts(3))
        .lanes(1);
    let echo = Echo { pages: pages.clone() };
    let subscriptions = Subscriptions::new(store).subscribe_with(echo, options);
    let control = subscriptions.control();
    let watched = control.clone();
    let run = tokio::spawn(subscriptions.run(async move {
        let until = tokio::time::sleep(Duration::from_secs(30));
        watched.caught_up("echo").await.expect("it runs");
        // Three times in vain, and given up again.
        watched.retry("echo", None).await.expect("it waits");
        while watched.status("echo").await.expect("a status").parked_events == 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // The clock stands still but for this: what is told from time to time is told.
        until.await;
    }));
    run.await.expect("it doesn't panic").expect("it was started");

    let told = values(&snapshotter);
    assert_eq!(told["es_subscriber_handled_total"], 1.0, "{told:?}");
    assert_eq!(told["es_subscriber_retried_total"], 4.0, "{told:?}");
    assert_eq!(told["es_subscriber_failed_total"], 2.0, "{told:?}");
    assert!(told["es_subscriber_batch_seconds"] >= 1.0, "{told:?}");
    assert_eq!(told["es_subscriber_lag_events"], 0.0, "{told:?}");
    assert_eq!(told["es_subscriber_lag_seconds"], 0.0, "{told:?}");
    assert_eq!(told["es_subscriber_waiting_events"], 2.0, "{told:?}");
    assert_eq!(told["es_subscriber_parked_events"], 1.0, "{told:?}");
    assert_eq!((told["es_append_seconds"], told["es_load_seconds"]), (3.0, 2.0), "{told:?}");

    let spans = spans.0.lock().expect("not poisoned").clone();
    let id = opened.id().to_string();
    let saves: Vec<_> = spans
        .iter()
        .filter(|(_, fields)| fields.get("call").is_some_and(|c| c == "save"))
        .collect();
    assert_eq!(saves[0].1["correlation_id"], "request 1", "{spans:?}");
    let handled =
        spans.iter().find(|(name, fields)| *name == "handle" && fields["event_type"] == "Opened");
    let handled = &handled.expect("its event was handled").1;
    assert_eq!((handled["subscriber"].as_str(), &handled["entity_id"]), ("echo", &id));
    assert_eq!(
        (handled["correlation_id"].as_str(), handled["attempt"].as_str()),
        ("request 1", "1")
    );
    let caused = spans.iter().filter(|(name, fields)| {
        *name == "change" && fields.get("causation_id") == handled.get("event_id")
    });
    let caused: Vec<_> = caused.collect();
    assert_eq!(caused.len(), 1, "{spans:?}");
    assert_eq!(caused[0].1["correlation_id"], "request 1");
    assert!(!format!("{spans:?}").contains("bad luck"), "spans say nothing of what is in events");
}
