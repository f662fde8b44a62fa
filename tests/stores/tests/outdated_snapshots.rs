//! What is told of a snapshot of another shape. By itself, since no program with subscribers has two aggregates of one name.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use es_core::prelude::*;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

#[derive(Debug, Clone, Command)]
struct Note(u32);

#[derive(Debug, Clone, Serialize, Deserialize, Event)]
struct Noted {
    number: u32,
}

/// The warnings, with their fields.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<Fields>>>);

type Fields = BTreeMap<&'static str, String>;

struct Collect<'f>(&'f mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::WARN {
            let mut fields = Fields::new();
            event.record(&mut Collect(&mut fields));
            self.0.lock().expect("not poisoned").push(fields);
        }
    }
}

/// A state, as two releases of a program keep it.
macro_rules! release {
    ($release:ident, $field:ident) => {
        mod $release {
            use super::*;

            #[derive(Default, Serialize, Deserialize)]
            pub(crate) struct Heap {
                $field: u32,
            }

            #[aggregate(id = String, type = "Heap", snapshot(every = 1, with_append))]
            impl Heap {
                #[command_handler]
                fn begin(command: Note) -> Noted {
                    Noted { number: command.0 }
                }

                #[event_handler]
                fn noted(&mut self, event: &Noted) {
                    self.$field += event.number;
                }
            }
        }
    };
}

release!(older, size);
release!(newer, height);

#[tokio::test]
async fn the_first_snapshot_of_another_shape_is_told_by_a_warning() {
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::registry().with(warnings.clone());
    let _default = tracing::subscriber::set_default(subscriber);
    let store = MemoryEventStore::new();
    let older = AggregateRepository::<older::Heap>::new(store.clone());
    let ids = ["one", "two"].map(str::to_owned);
    for id in &ids {
        older.save_as(id.clone(), Note(1)).await.expect("it is stored");
        older.find(id).await.expect("it is found");
    }
    assert_eq!(warnings.0.lock().expect("not poisoned").len(), 0, "they are of this shape");

    let newer = AggregateRepository::<newer::Heap>::new(store);
    for id in &ids {
        newer.find(id).await.expect("it is found");
    }
    let told = warnings.0.lock().expect("not poisoned").clone();
    let told: Vec<_> = told.iter().map(|told| (&*told["entity_id"], &*told["message"])).collect();
    let text = "a snapshot of another shape isn't read; the stream is read from its beginning";
    assert_eq!(told, [("one", text)]);
}
