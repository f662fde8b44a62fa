// What the macros write for the types in snapshots.rs.

// `Counter`

/// The events of `Counter`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum CounterEvent {
    /// Folded into the state by `counted`.
    Counted(Counted),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Counter {
        const TYPE: &'static str = "Counter";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        const SNAPSHOTS: ::core::option::Option<::es_core::Snapshots<Self>> = ::core::option::Option::Some(
            ::es_core::Snapshots::of_state("Counter").every(100),
        );
        type Id = ::es_core::Id<Self>;
        type Event = CounterEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: CounterEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                CounterEvent::Counted(event) => {
                    <Counted as ::es_core::__private::HandledBy<
                        Counter,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <Counted as ::es_core::__private::HandledBy<Counter>>::NAME => {
                    <Counted as ::es_core::__private::HandledBy<
                        Counter,
                    >>::replay(state, raw)
                }
                name if <Counted as ::es_core::__private::HandledBy<
                    Counter,
                >>::is_alias(name) => {
                    <Counted as ::es_core::__private::HandledBy<
                        Counter,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Counter> for <Counter as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Evolve<Counted> for Counter {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Counted,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Counter>(state).counted(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for CounterEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <Counted as ::es_core::__private::HandledBy<Counter>>::NAME => {
                    <Counted as ::es_core::__private::HandledBy<Counter>>::decode(raw)
                        .map(Self::Counted)
                }
                name if <Counted as ::es_core::__private::HandledBy<
                    Counter,
                >>::is_alias(name) => {
                    <Counted as ::es_core::__private::HandledBy<Counter>>::decode(raw)
                        .map(Self::Counted)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::Counted(event) => {
                    <Counted as ::es_core::__private::HandledBy<Counter>>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Counted> for CounterEvent {
        fn from(event: Counted) -> Self {
            Self::Counted(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Counter> for CounterEvent {
        fn into_events(self, events: &mut ::es_core::Events<Counter>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Counter> for CounterEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Counter>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for CounterEvent
    where
        for<'a> Counted: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Counted(event) => Self::Counted(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for CounterEvent
    where
        for<'a> Counted: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Counted(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for CounterEvent
    where
        for<'a> Counted: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::Counted(left), Self::Counted(right)) => left == right,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <Counted as ::es_core::__private::HandledBy<Counter>>::INFO.handled_by("counted"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Counter as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Counter"),
        commands: &[],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};

// `Meter`

/// The events of `Meter`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum MeterEvent {
    /// Folded into the state by `counted`.
    Counted(Counted),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Meter {
        const TYPE: &'static str = "Meter";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        const SNAPSHOTS: ::core::option::Option<::es_core::Snapshots<Self>> = ::core::option::Option::Some(
            ::es_core::Snapshots::<Self>::of_memento::<Reading>("Reading")
                .strategy(at_hundreds)
                .version(2)
                .keep(3)
                .with_append(),
        );
        type Id = ::es_core::Id<Self>;
        type Event = MeterEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: MeterEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                MeterEvent::Counted(event) => {
                    <Counted as ::es_core::__private::HandledBy<
                        Meter,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <Counted as ::es_core::__private::HandledBy<Meter>>::NAME => {
                    <Counted as ::es_core::__private::HandledBy<
                        Meter,
                    >>::replay(state, raw)
                }
                name if <Counted as ::es_core::__private::HandledBy<
                    Meter,
                >>::is_alias(name) => {
                    <Counted as ::es_core::__private::HandledBy<
                        Meter,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Meter> for <Meter as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Evolve<Counted> for Meter {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Counted,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Meter>(state).counted(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for MeterEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <Counted as ::es_core::__private::HandledBy<Meter>>::NAME => {
                    <Counted as ::es_core::__private::HandledBy<Meter>>::decode(raw)
                        .map(Self::Counted)
                }
                name if <Counted as ::es_core::__private::HandledBy<
                    Meter,
                >>::is_alias(name) => {
                    <Counted as ::es_core::__private::HandledBy<Meter>>::decode(raw)
                        .map(Self::Counted)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::Counted(event) => {
                    <Counted as ::es_core::__private::HandledBy<Meter>>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Counted> for MeterEvent {
        fn from(event: Counted) -> Self {
            Self::Counted(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Meter> for MeterEvent {
        fn into_events(self, events: &mut ::es_core::Events<Meter>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Meter> for MeterEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Meter>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for MeterEvent
    where
        for<'a> Counted: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Counted(event) => Self::Counted(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for MeterEvent
    where
        for<'a> Counted: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Counted(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for MeterEvent
    where
        for<'a> Counted: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::Counted(left), Self::Counted(right)) => left == right,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <Counted as ::es_core::__private::HandledBy<Meter>>::INFO.handled_by("counted"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Meter as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Meter"),
        commands: &[],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
