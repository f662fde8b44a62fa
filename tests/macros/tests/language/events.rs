//! Events of all shapes, and as they are stored.

use std::borrow::Cow;
use std::collections::BTreeMap;

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Clone, Command)]
pub struct Happen;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Empty {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Newtype(pub u64);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Tuple(pub u64, pub String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Choice {
    FirstOne,
    SecondOne { why: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "renamed")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithSerde {
    pub long_name: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maybe: Option<BTreeMap<String, Cow<'static, str>>>,
    #[serde(skip)]
    pub never: u64,
}

#[derive(Debug, Default, PartialEq)]
pub struct Seen(Vec<&'static str>);

#[aggregate]
impl Seen {
    #[command_handler]
    fn happen(_: Happen) -> (Unit, Empty, Newtype, Tuple, Choice, Choice, WithSerde) {
        (
            Unit,
            Empty {},
            Newtype(1),
            Tuple(2, "two".into()),
            Choice::FirstOne,
            Choice::SecondOne { why: "so".into() },
            WithSerde { long_name: 3, maybe: None, never: 0 },
        )
    }

    #[event_handler]
    fn unit(&mut self, Unit: Unit) {
        self.0.push("unit");
    }

    #[event_handler]
    fn empty(&mut self, Empty {}: &Empty) {
        self.0.push("empty");
    }

    #[event_handler]
    fn newtype(&mut self, &Newtype(number): &Newtype) {
        assert_eq!(number, 1);
        self.0.push("newtype");
    }

    #[event_handler]
    fn tuple(&mut self, Tuple(number, text): Tuple) {
        assert_eq!((number, &*text), (2, "two"));
        self.0.push("tuple");
    }

    #[event_handler]
    fn choice(&mut self, event: &Choice) {
        match event {
            Choice::FirstOne => self.0.push("first"),
            Choice::SecondOne { why } => {
                assert_eq!(why, "so");
                self.0.push("second");
            }
        }
    }

    #[event_handler]
    fn with_serde(&mut self, WithSerde { long_name, maybe, never }: WithSerde) {
        assert_eq!((long_name, maybe, never), (3, None, 0));
        self.0.push("serde");
    }
}

#[tokio::test]
async fn events_of_all_shapes_are_stored_and_read_again() {
    let repository = AggregateRepository::<Seen>::new(MemoryEventStore::new());
    let saved = repository.save(Happen).await.unwrap();
    let found = repository.find(saved.id()).await.unwrap();
    assert_eq!(found.0, ["unit", "empty", "newtype", "tuple", "first", "second", "serde"]);
    assert_eq!(saved.state(), found.state());
}

#[tokio::test]
async fn what_is_stored_is_what_serde_writes() {
    let repository = AggregateRepository::<Seen>::new(MemoryEventStore::new());
    let saved = repository.save(Happen).await.unwrap();
    let history = repository.history(saved.id()).await.unwrap().collect().await.unwrap();
    let stored: Vec<_> = history.iter().map(|event| (event.event_type(), event.json())).collect();
    assert_eq!(
        stored,
        [
            ("Unit", "null"),
            ("Empty", "{}"),
            ("Newtype", "1"),
            ("Tuple", r#"[2,"two"]"#),
            ("Choice", r#"{"kind":"first_one"}"#),
            ("Choice", r#"{"kind":"second_one","why":"so"}"#),
            ("renamed", r#"{"longName":3}"#),
        ]
    );
}

#[test]
fn an_event_of_any_shape_can_be_a_history() {
    given::<Seen>(Choice::FirstOne).then_state(|seen| assert_eq!(seen.0, ["first"]));
}
