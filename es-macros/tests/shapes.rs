//! What handlers may look like, each shape used once.
#![allow(missing_docs, unreachable_pub)]

use std::sync::Arc;

use es_core::prelude::*;

macro_rules! events { ($($name:ident)*) => { $(
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    pub struct $name { n: u64 }
)* } }
events!(Opened Changed Closed Sometimes);

macro_rules! commands { ($($name:ident)*) => { $(
    #[derive(Debug, Clone, Serialize, Deserialize, Command)]
    pub struct $name { n: u64 }
)* } }
commands!(Open Change Close Convert);

mod machine {
    use super::*;

    pub trait Rates: Send + Sync {
        fn rate(&self) -> u64;
    }

    pub struct Fixed(pub u64);

    impl Rates for Fixed {
        fn rate(&self) -> u64 {
            self.0
        }
    }

    #[derive(Debug, Clone, PartialEq, AggregateId)]
    pub struct Iban(String);

    #[derive(Debug, PartialEq)]
    pub struct Refused;

    #[derive(Debug, PartialEq)]
    pub enum Machine {
        Open(u64),
        Closed { n: u64 },
    }

    type Happened = MachineHappened;

    #[aggregate(
        type = "machine",
        id = Iban,
        services = dyn Rates,
        events = MachineHappened,
        commands = MachineCommand,
    )]
    impl Machine {
        const LIMIT: u64 = { 100 };

        #[command_handler]
        async fn open(
            Open { n }: Open,
            rates: &dyn Rates,
            cx: &CommandContext<Self>,
        ) -> Result<(Opened, Option<Changed>), Refused> {
            std::future::ready(()).await;
            assert_eq!(cx.id().to_string(), "DE02");
            Ok((Opened { n }, (rates.rate() > 0).then(|| Changed { n: rates.rate() })))
        }

        #[es_core::command_handler]
        fn change<'a>(&'a self, command: &'a Change, cx: &'a CommandContext<Self>) -> Vec<Happened>
        where
            Self: Sized,
        {
            vec![Happened::Changed(Changed { n: command.n + cx.version().get() })]
        }

        /// Closes it.
        #[::es_core::command_handler]
        #[allow(clippy::needless_arbitrary_self_type, reason = "it can be written so")]
        pub fn close(self: &Self, _: Close) -> Result<Closed, Refused> {
            match self {
                Machine::Open(n) if *n <= Self::LIMIT => Ok(Closed { n: *n }),
                _ => Err(Refused),
            }
        }

        #[cfg(any())]
        #[command_handler]
        fn never(&self, _: Missing) -> AlsoMissing {}

        #[cfg_attr(all(), command_handler)]
        fn convert(&self, _: &Convert) {}

        #[event_handler]
        fn opened(Opened { n }: Opened, _: &EventContext<'_>) -> Machine {
            Machine::Open(n)
        }

        #[event_handler]
        fn changed(&mut self, event: &Changed) {
            if let Machine::Open(n) = self {
                *n += event.n;
            }
        }

        #[event_handler]
        fn closed(self, event: Closed, cx: &EventContext<'_>) -> Self {
            Machine::Closed { n: event.n + cx.version().get() }
        }

        #[cfg(test)]
        #[event_handler]
        fn sometimes(mut self, _: &Sometimes) -> Self {
            if let Machine::Open(n) = &mut self {
                *n = 0;
            }
            self
        }

        #[cfg(any())]
        #[event_handler]
        fn never_either(self, _: &Missing) -> Self {}
    }

    #[tokio::test]
    async fn a_state_machine_with_services_and_a_natural_id() {
        let rates: Arc<dyn Rates> = Arc::new(Fixed(7));
        let machines =
            AggregateRepository::<Machine>::with_services(MemoryEventStore::new(), rates);
        let id: Iban = "DE02".parse().unwrap();
        let opened = machines.save_as(id.clone(), Open { n: 1 }).await.unwrap();
        assert_eq!(*opened, Machine::Open(8));
        let changed = machines.update(&id, Change { n: 10 }).await.unwrap();
        assert_eq!(*changed, Machine::Open(20));
        let closed = machines.update(&id, Close { n: 0 }).await.unwrap();
        assert_eq!(*closed, Machine::Closed { n: 24 });
        let refused = machines.update(&id, Close { n: 0 }).await;
        assert!(matches!(refused, Err(RepositoryError::Rejected(Refused))));
    }

    #[test]
    fn traits_with_a_condition_on_a_handler() {
        assert_eq!(
            MachineHappened::from(Closed { n: 1 }).clone(),
            Happened::Closed(Closed { n: 1 })
        );
    }
}

mod default {
    use super::*;

    #[derive(Debug, Default)]
    pub struct Counter {
        n: u64,
    }

    #[aggregate]
    impl Counter {
        #[command_handler]
        fn open(_: Open) -> [Changed; 2] {
            [Changed { n: 1 }, Changed { n: 2 }]
        }

        #[command_handler]
        fn close(&self, _: &Close) -> Closed {
            Closed { n: self.n }
        }

        #[event_handler]
        fn changed(self, event: &Changed) -> Self {
            Counter { n: self.n + event.n }
        }

        #[event_handler]
        fn closed(&mut self, _: Closed) {
            self.n *= 10;
        }
    }

    #[tokio::test]
    async fn the_state_starts_from_the_default() {
        let counters = AggregateRepository::<Counter>::new(MemoryEventStore::new());
        let counter = counters.save(Open { n: 0 }).await.unwrap();
        let counter = counters.update(counter.id(), Close { n: 0 }).await.unwrap();
        assert_eq!(counter.n, 30);
    }
}

mod names {
    use super::*;

    #[derive(Debug)]
    pub(crate) struct r#Type;

    #[aggregate(vis = pub(crate), commands = r#Commands)]
    impl r#Type {
        #[command_handler]
        fn r#move(r#ref: Open) -> Opened {
            Opened { n: r#ref.n }
        }

        #[event_handler]
        fn r#loop(_: Opened) -> r#Type {
            r#Type
        }
    }

    pub struct Of<T>(T);

    #[aggregate(type = "of u8", events = OfU8Event)]
    impl Of<u8> {
        #[event_handler]
        fn opened(_: &Opened) -> Self {
            Of(8)
        }
    }

    #[aggregate(type = "of u16", events = OfU16Event)]
    impl Of<u16> {
        #[event_handler]
        fn opened(_: &Opened) -> Of<u16> {
            Of(16)
        }
    }

    mod hidden {
        pub use es_core::*;
    }

    macro_rules! made {
        ($name:ident, $events:ident, $event:ty, $field:ident) => {
            #[derive(Debug)]
            pub struct $name {
                $field: u64,
            }

            #[aggregate(events = $events, crate = hidden)]
            impl $name {
                #[command_handler]
                fn open(command: Open) -> $event {
                    Opened { n: command.n }
                }

                #[event_handler]
                fn opened(event: $event) -> Self {
                    $name { $field: event.n }
                }
            }
        };
    }
    made!(Made, MadeEvents, Opened, value);

    #[test]
    fn types_are_known_by_their_names() {
        use es_core::{Aggregate, EventSet};

        assert_eq!(r#Type::TYPE, "Type");
        assert_eq!(Of::<u16>::TYPE, "of u16");
        assert_eq!(Made { value: 1 }.value, 1);
        let event = MadeEvents::from(Opened { n: 1 });
        assert_eq!(event.stored().event_type(), "Opened");
        let types =
            [OfU8Event::from(Opened { n: Of(1_u64).0 }), OfU8Event::Opened(Opened { n: 1 })];
        assert_eq!(types[0], types[1]);
    }

    #[tokio::test]
    async fn an_aggregate_in_a_function() {
        struct Local;

        #[aggregate(commands = LocalCommand, vis = pub(self))]
        impl Local {
            #[command_handler]
            fn open(_: Open) -> Opened {
                Opened { n: 1 }
            }

            #[event_handler]
            fn opened(_: Opened) -> Self {
                Local
            }
        }

        AggregateRepository::<Local>::new(MemoryEventStore::new())
            .save(Open { n: 1 })
            .await
            .unwrap();
        assert_eq!(format!("{:?}", LocalCommand::from(Open { n: 2 })), "Open { n: 2 }");
    }
}

mod hygiene {
    #![no_implicit_prelude]
    #![allow(dead_code)]

    use ::es_core::{AggregateId, Command, Event, aggregate, command_handler, event_handler};
    use ::serde::{Deserialize, Serialize};

    pub struct Result;
    pub struct Ok;
    pub struct Err;
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct String;
    pub struct Default;
    pub struct Send;
    pub struct Clone;
    pub struct Debug;
    pub struct From;
    mod core {}
    mod std {}
    mod es_core {}

    #[derive(Command, Serialize, Deserialize)]
    pub struct Create;

    #[derive(Event, Serialize, Deserialize)]
    #[event(version = 2, alias = "Old")]
    pub struct A;

    #[derive(Event, Serialize, Deserialize)]
    #[event(type = "the other")]
    pub struct B;

    #[derive(AggregateId, ::core::clone::Clone)]
    pub struct Key {
        inner: u64,
    }

    pub struct Services;

    pub struct Lonely;

    #[aggregate(id = Key, services = Services, commands = LonelyCommand)]
    impl Lonely {
        #[command_handler]
        fn create(_: Create, _: &Services) -> ::core::result::Result<A, Err> {
            ::core::result::Result::Ok(A)
        }

        #[event_handler]
        fn evolve(_: A) -> Self {
            Lonely
        }

        #[event_handler]
        fn apply(self, _: &B) -> Self {
            self
        }

        fn handle() {}
        fn replay() {}
        fn fold() {}
    }
}
