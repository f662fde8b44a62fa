//! Several blocks of one type, and traits beside them.

use std::fmt;

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Command)]
pub struct Rename(pub String);

#[derive(Serialize, Deserialize, Event)]
pub struct Renamed(pub String);

#[derive(Default)]
pub struct Ship {
    name: String,
}

impl Ship {
    const NAMELESS: &'static str = "nameless";

    fn shown(&self) -> &str {
        if self.name.is_empty() { Self::NAMELESS } else { &self.name }
    }
}

#[aggregate]
impl Ship {
    #[command_handler]
    fn rename(&self, command: &Rename) -> Option<Renamed> {
        (command.0 != self.shown()).then(|| Renamed(command.0.clone()))
    }

    #[event_handler]
    fn renamed(&mut self, event: Renamed) {
        self.set(event.0);
    }
}

impl Ship {
    fn set(&mut self, name: String) {
        self.name = name;
    }
}

impl fmt::Display for Ship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

#[test]
fn handlers_call_methods_of_other_blocks() {
    given::<Ship>(Renamed("Vasa".into()))
        .when(Rename("Ark".into()))
        .then(Renamed("Ark".into()))
        .then_state(|ship| assert_eq!(ship.to_string(), "Ark"));
    given::<Ship>(Renamed(String::new())).when(Rename("nameless".into())).then_nothing();
}
