//! Parameters of handlers in all their forms.

use es_core::prelude::*;
use es_core::testing::{Scenario, given};

#[derive(Clone, Command)]
pub struct Move {
    pub x: i64,
    pub y: i64,
}

#[derive(Clone, Command)]
pub struct Jump(pub i64, pub i64);

#[derive(Clone, Command)]
pub struct Stay;

#[derive(Clone, Command)]
pub struct Stamp;

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Moved {
    pub x: i64,
    pub y: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Stamped(pub String);

type Step = Move;
type Leap = Jump;
type Stepped = Moved;
type Here = CommandContext<Position>;
type Seen<'a> = EventContext<'a>;

#[derive(Debug, Default, PartialEq)]
pub struct Position {
    x: i64,
    y: i64,
    version: Version,
}

#[aggregate]
impl Position {
    #[command_handler]
    fn step(&self, Move { x, y }: Step) -> Stepped {
        Moved { x, y }
    }

    #[command_handler]
    fn jump(&self, &Jump(x, ref y): &Leap) -> Moved {
        Moved { x, y: *y }
    }

    #[command_handler]
    fn stay(&self, _: Stay, _: &Here) {}

    #[command_handler]
    fn stamp(&self, mut _command: Stamp, cx: &Here) -> Stamped {
        _command = Stamp;
        Stamped(format!("{} at {} in {:?}", cx.id(), cx.now(), cx.metadata().get("user")))
    }

    #[event_handler]
    fn stepped(&mut self, Moved { x, y }: &self::Moved, seen: &Seen<'_>) {
        self.x += x;
        self.y += y;
        self.version = seen.version();
    }

    #[event_handler]
    #[allow(clippy::needless_arbitrary_self_type, reason = "it is what is tested")]
    fn stamped(mut self: Self, _: crate::parameters::Stamped, _: &Seen<'_>) -> Self {
        self.x = 0;
        self
    }
}

#[test]
fn parameters_are_destructured_and_ignored() {
    given::<Position>(Moved { x: 1, y: 1 })
        .when(Move { x: 1, y: -1 })
        .then(Moved { x: 1, y: -1 })
        .then_state(|position| {
            assert_eq!(*position, Position { x: 2, y: 0, version: Version::new(2) });
        });
    given::<Position>(Moved { x: 1, y: 1 }).when(Jump(3, 4)).then(Moved { x: 3, y: 4 });
    given::<Position>(Moved { x: 1, y: 1 }).when(Stay).then_nothing();
}

#[test]
fn contexts_come_where_they_are_asked_for() {
    let id = Id::new();
    Scenario::<Position>::with_services(())
        .id(id)
        .metadata("user", "ada")
        .given(Moved { x: 1, y: 1 })
        .when(Stamp)
        .then(Stamped(format!("{id} at 1970-01-01T00:00:00Z in Some(\"ada\")")))
        .then_state(|position| assert_eq!(position.x, 0));
}
