//! `#[cfg]` and `#[cfg_attr]`, true and false.

use es_core::prelude::*;
use es_core::testing::{given, given_nothing};
use es_core::{CommandSet, EventSet};

#[derive(Clone, Deserialize, Command)]
pub struct Begin;

#[cfg(true)]
#[derive(Clone, Deserialize, Command)]
pub struct Go;

#[cfg(false)]
#[derive(Clone, Deserialize, Command)]
pub struct Halt;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Begun;

#[cfg(true)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Gone {
    #[cfg(true)]
    pub far: u8,
    #[cfg(false)]
    pub far: NotThere,
}

#[cfg(false)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Halted;

#[derive(Debug, Default, PartialEq)]
pub struct Walk {
    far: u8,
}

#[aggregate(commands = WalkCommand)]
impl Walk {
    #[command_handler]
    fn begin(_: &Begin) -> Begun {
        Begun
    }

    #[cfg(true)]
    #[command_handler]
    fn go(&self, _: Go) -> Gone {
        Gone { far: 1 }
    }

    #[cfg(false)]
    #[command_handler]
    fn halt(&self, _: Halt) -> Halted {
        Halted
    }

    #[event_handler]
    fn begun(&mut self, _: &Begun) {}

    #[cfg_attr(true, event_handler)]
    fn gone(&mut self, event: &Gone) {
        self.far += event.far;
    }

    #[cfg_attr(false, event_handler, must_use)]
    #[cfg(true)]
    fn begun_again(&mut self, _: &Begun) {
        self.far = 9;
    }

    #[event_handler]
    #[cfg(false)]
    fn halted(&mut self, _: &Halted) {}
}

#[cfg(false)]
#[aggregate]
impl NotThere {
    #[event_handler]
    fn begun(&mut self, _: &NeitherThere) {}
}

#[test]
fn a_handler_whose_condition_is_true_is_one() {
    given_nothing::<Walk>().when(Begin).then(Begun).then_state(|walk| assert_eq!(walk.far, 0));
    given::<Walk>((Begun, Gone { far: 2 }))
        .when(Go)
        .then(Gone { far: 1 })
        .then_state(|walk| assert_eq!(walk.far, 3));
}

#[test]
fn a_handler_whose_condition_is_false_is_none() {
    assert!(WalkCommand::decode("Go", b"null").is_ok());
    let unknown = WalkCommand::decode("Halt", b"null").err().unwrap();
    assert_eq!(unknown.to_string(), "unknown command `Halt`; known are Begin, Go");
    let mut walk = Walk { far: 1 };
    walk.begun_again(&Begun);
    assert_eq!(walk, Walk { far: 9 });
}

#[test]
fn the_enum_has_the_traits_of_the_events_that_are_there() {
    let event = WalkEvent::from(Gone { far: 1 });
    assert_eq!(event.clone(), event);
    assert_eq!(event.stored().event_type(), "Gone");
    match event {
        WalkEvent::Begun(_) => panic!("another event"),
        WalkEvent::Gone(gone) => assert_eq!(gone.far, 1),
    }
}
