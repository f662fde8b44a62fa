//! Raw identifiers everywhere.

use es_core::prelude::*;
use es_core::testing::given_nothing;
use es_core::{CommandSet, registry};

#[derive(Clone, Deserialize, Command)]
pub struct r#Do {
    pub r#type: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct r#Yield {
    pub r#type: String,
}

#[derive(Debug, Clone, PartialEq, AggregateId)]
pub struct r#Box(String);

#[derive(Debug, Clone, PartialEq, AggregateId)]
pub struct Key {
    r#ref: String,
}

#[derive(Debug, PartialEq)]
pub struct r#Loop {
    r#type: String,
}

#[aggregate(id = r#Box, events = r#Match, commands = r#Impl)]
impl r#Loop {
    #[command_handler]
    fn r#do(r#fn: r#Do) -> r#Yield {
        r#Yield { r#type: r#fn.r#type }
    }

    #[event_handler]
    fn r#yield(r#in: r#Yield) -> Self {
        r#Loop { r#type: r#in.r#type }
    }
}

#[test]
fn raw_identifiers_of_types_methods_fields_and_parameters_work() {
    given_nothing::<r#Loop>()
        .when(r#Do { r#type: "x".into() })
        .then(r#Yield { r#type: "x".into() })
        .then_state(|state| assert_eq!(state.r#type, "x"));
    let r#Match::Yield(event) = r#Match::from(r#Yield { r#type: "y".into() });
    assert_eq!(event.r#type, "y");
    assert_eq!(Key { r#ref: "k".into() }.to_string(), "k");
}

#[test]
fn stored_names_have_no_prefix() {
    assert_eq!(<r#Loop as Aggregate>::TYPE, "Loop");
    assert_eq!(r#Yield::TYPE, "Yield");
    assert_eq!(r#Do::TYPE, "Do");
    assert!(r#Impl::decode("Do", br#"{"type":"x"}"#).is_ok());
    let aggregates = registry::aggregates();
    let this = aggregates.iter().find(|aggregate| aggregate.entity_type == "Loop").unwrap();
    assert!(this.rust_type.ends_with("::Loop"), "{}", this.rust_type);
    assert_eq!((this.commands[0].handler, this.events[0].handler), ("do", "yield"));
}
