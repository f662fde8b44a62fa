//! A trait in scope gives every type methods of all the names that generated code calls.
#![allow(clippy::new_ret_no_self, reason = "one of the names is `new`")]

use es_core::prelude::*;
use es_core::testing::given_nothing;

macro_rules! everywhere {
    ($($name:ident)*) => {
        /// Methods in the way, by value, by reference, and without a receiver.
        pub trait ByValue: Sized {
            $(fn $name(self) -> NotThis { NotThis })*
        }
        impl<T> ByValue for T {}

        pub trait ByReference {
            $(fn $name(&self) -> NotThis { NotThis })*
        }
        impl<T: ?Sized> ByReference for T {}

        pub trait WithoutReceiver {
            $(fn $name() -> NotThis { NotThis })*
        }
        impl<T: ?Sized> WithoutReceiver for T {}
    };
}

pub struct NotThis;

everywhere! {
    push map pick fold replay stored started taken decode again evolve apply create handle update
    into from into_events decide rejected to_string as_ref names clone fmt eq opened open counted count
    deliver context transactional outcome of new lanes partitions batch start on_failure
}

#[derive(Clone, Deserialize, Command)]
pub struct Open;

#[derive(Clone, Deserialize, Command)]
pub struct Count;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Opened;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Counted;

pub struct Counter(u8);

#[aggregate(commands = CounterCommand)]
impl Counter {
    #[command_handler]
    async fn open(_: Open, _: &CommandContext<Self>) -> (Opened, Counted) {
        (Opened, Counted)
    }

    #[command_handler]
    fn count(&self, _: Count) -> CounterEvent {
        CounterEvent::Counted(Counted)
    }

    #[event_handler]
    fn opened(_: Opened) -> Self {
        Counter(0)
    }

    #[event_handler]
    fn counted(self, _: &Counted) -> Self {
        Counter(self.0 + 1)
    }
}

pub struct Listener;

#[event_subscriber(id = "listener-between-traits", lanes = 2, partitions = 3, batch = 4, start = end, on_failure = park)]
impl Listener {
    #[event_handler]
    async fn opened(&self, _: EventHandlerContext<'_, Opened>, _: &mut Transaction) {}

    #[event_handler]
    async fn counted(&self, _: EventHandlerContext<'_, Counted>) -> Result<(), Failure> {
        Ok(())
    }
}

#[test]
fn methods_of_traits_in_scope_stay_out_of_what_is_generated() {
    given_nothing::<Counter>()
        .when(Open)
        .then((Opened, Counted))
        .then_state(|counter| assert_eq!(counter.0, 1));
}
