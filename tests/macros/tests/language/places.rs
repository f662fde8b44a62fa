//! Aggregates in all places, and by `macro_rules!`.

use es_core::prelude::*;
use es_core::testing::{given, given_nothing};

#[derive(Clone, Deserialize, Command)]
pub struct Open;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Opened;

mod private {
    use super::{Open, Opened};
    use es_core::prelude::*;

    #[derive(Clone, Deserialize, Command)]
    pub(super) struct Shut;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    pub(super) struct WasShut;

    /// Not for other modules, and neither are its enums.
    struct Hidden;

    #[aggregate(vis = pub(self), commands = HiddenCommand)]
    impl Hidden {
        #[command_handler]
        fn open(_: Open) -> Opened {
            Opened
        }

        #[command_handler]
        fn shut(&self, _: Shut) -> WasShut {
            WasShut
        }

        #[event_handler]
        fn opened(_: Opened) -> Self {
            Hidden
        }

        #[event_handler]
        fn was_shut(&mut self, _: &WasShut) {}
    }

    #[test]
    fn a_private_aggregate_with_private_enums_works() {
        es_core::testing::given::<Hidden>(HiddenEvent::from(Opened)).when(Shut).then(WasShut);
        let command: HiddenCommand = Open.into();
        assert_eq!(es_core::CommandSet::command_type(&command), "Open");
    }

    /// Its enums are public by default, though nobody can reach them.
    struct Unseen;

    #[aggregate(commands = UnseenCommand)]
    impl Unseen {
        #[command_handler]
        fn open(_: Open) -> Opened {
            Opened
        }

        #[event_handler]
        fn opened(_: Opened) -> Self {
            Unseen
        }
    }

    #[test]
    fn a_private_aggregate_works() {
        es_core::testing::given_nothing::<Unseen>().when(Open).then(Opened).then_state(|Unseen| {});
    }
}

/// Two aggregates that come from one macro, with its own types and the caller's.
macro_rules! doors {
    ($($(#[$attribute:meta])* $visibility:vis $name:ident on $opened:ty as $stored:literal => $start:expr;)*) => { $(
        $visibility struct $name(u8);

        $(#[$attribute])*
        #[aggregate(type = $stored)]
        impl $name {
            #[command_handler]
            fn open(_: &Open) -> $opened {
                Opened
            }

            #[event_handler]
            fn opened(_: &$opened) -> Self {
                $name($start)
            }
        }
    )* };
}
doors! {
    pub FrontDoor on Opened as "door.front" => 1;
    #[allow(clippy::unused_unit)]
    pub(crate) BackDoor on self::Opened as "door.back" => 1 + 1;
}

/// A whole block through a macro.
macro_rules! whole {
    ($block:item) => {
        #[aggregate]
        $block
    };
}
pub struct Gate;
whole! {
    impl Gate {
        #[command_handler]
        fn open(_: &Open) -> Opened {
            Opened
        }

        #[event_handler]
        fn opened(_: &Opened) -> Self {
            Gate
        }
    }
}

#[test]
fn macros_write_aggregates() {
    given_nothing::<FrontDoor>().when(Open).then(Opened).then_state(|door| assert_eq!(door.0, 1));
    given_nothing::<BackDoor>().when(Open).then(Opened).then_state(|door| assert_eq!(door.0, 2));
    given_nothing::<Gate>().when(Open).then(Opened);
    assert_eq!((FrontDoor::TYPE, BackDoor::TYPE), ("door.front", "door.back"));
}

#[test]
fn an_aggregate_in_a_function_works() {
    #[derive(Clone, Command)]
    struct Count;

    #[derive(Serialize, Deserialize, Event)]
    struct Counted;

    #[derive(Default)]
    struct Counter(u8);

    #[aggregate]
    impl Counter {
        #[command_handler]
        fn count(&self, _: Count) -> Counted {
            Counted
        }

        #[event_handler]
        fn counted(&mut self, _: Counted) {
            self.0 += 1;
        }
    }

    given::<Counter>([Counted, Counted])
        .when(Count)
        .then(Counted)
        .then_state(|counter| assert_eq!(counter.0, 3));
}
