//! What is wrong with the aggregates of a program is told at its start, all of it at once (E4).

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use es_core::prelude::*;
use es_core::registry;
use es_core::subscription::{InlineStore, Rebuild, Subscriptions};

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

#[derive(Serialize, Deserialize, Event)]
pub struct Closed {}

pub mod first {
    use super::*;

    #[derive(Default)]
    pub struct Account;

    #[aggregate]
    impl Account {
        #[event_handler]
        fn opened(&mut self, _: &Opened) {}
    }
}

pub mod second {
    use super::*;

    #[derive(Default)]
    pub struct Account;

    #[aggregate]
    impl Account {
        #[event_handler]
        fn closed(&mut self, _: &Closed) {}
    }
}

pub struct View;

#[event_subscriber(id = "view")]
impl View {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>, _: &mut Transaction) {}

    #[event_handler]
    async fn closed(&self, _: EventHandlerContext<'_, Closed>, _: &mut Transaction) {}
}

pub struct Inline;

#[event_subscriber(id = "inline", inline)]
impl Inline {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>, _: &mut Transaction) {}
}

const SAME_NAME: &str = "* several aggregates have the stored name `Account`: registry_findings::first::Account, registry_findings::second::Account: keep one of them, or give one another name by `#[aggregate(type = \"…\")]`";

#[test]
fn aggregates_of_one_stored_name_are_told() {
    let told = registry::check().unwrap_err().to_string();
    assert_eq!(told, format!("the aggregates of this program are not right:\n{SAME_NAME}"));
}

#[tokio::test]
async fn no_subscriber_is_run_on_what_is_not_right() {
    let told = format!("the subscribers can't be run:\n{SAME_NAME}");
    let run = Subscriptions::new(MemoryEventStore::new()).subscribe(View).run(async {}).await;
    assert_eq!(run.unwrap_err().to_string(), told);
    let swap = async |_: &mut Transaction| Ok::<_, es_core::store::StoreError>(());
    let rebuilt = Rebuild::new(MemoryEventStore::new(), View).run(swap).await;
    assert_eq!(rebuilt.unwrap_err().to_string(), told);
    let inline = InlineStore::new(MemoryEventStore::new()).subscribe(Inline).checked();
    assert_eq!(inline.unwrap_err().to_string(), told);
}
