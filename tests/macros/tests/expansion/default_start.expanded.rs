// What the macros write for the types in default_start.rs.

// `Clicks`

/// The events of `Clicks`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum ClicksEvent {
    /// Folded into the state by `clicked`.
    Clicked(Clicked),
    /// Folded into the state by `doubled`.
    Doubled(Doubled),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Clicks {
        const TYPE: &'static str = "Clicks";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = ClicksEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: ClicksEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                ClicksEvent::Clicked(event) => {
                    <Clicked as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::fold(event, state, cx)
                }
                ClicksEvent::Doubled(event) => {
                    <Doubled as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <Clicked as ::es_core::__private::HandledBy<Clicks>>::NAME => {
                    <Clicked as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::replay(state, raw)
                }
                <Doubled as ::es_core::__private::HandledBy<Clicks>>::NAME => {
                    <Doubled as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::replay(state, raw)
                }
                name if <Clicked as ::es_core::__private::HandledBy<
                    Clicks,
                >>::is_alias(name) => {
                    <Clicked as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::replay(state, raw)
                }
                name if <Doubled as ::es_core::__private::HandledBy<
                    Clicks,
                >>::is_alias(name) => {
                    <Doubled as ::es_core::__private::HandledBy<
                        Clicks,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Clicks> for <Clicks as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<Click> for Clicks {
        type Output = Vec<Clicked>;
        async fn create(
            command: Click,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::begin(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Clicked> for Clicks {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Clicked,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Clicks>(state).clicked(event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Doubled> for Clicks {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Doubled,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            ::es_core::__private::started_or_default::<Clicks>(state);
            let before = <Doubled as ::es_core::__private::HandledBy<
                Clicks,
            >>::taken(state)?;
            *state = ::core::option::Option::Some(before.doubled(&event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for ClicksEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <Clicked as ::es_core::__private::HandledBy<Clicks>>::NAME => {
                    <Clicked as ::es_core::__private::HandledBy<Clicks>>::decode(raw)
                        .map(Self::Clicked)
                }
                <Doubled as ::es_core::__private::HandledBy<Clicks>>::NAME => {
                    <Doubled as ::es_core::__private::HandledBy<Clicks>>::decode(raw)
                        .map(Self::Doubled)
                }
                name if <Clicked as ::es_core::__private::HandledBy<
                    Clicks,
                >>::is_alias(name) => {
                    <Clicked as ::es_core::__private::HandledBy<Clicks>>::decode(raw)
                        .map(Self::Clicked)
                }
                name if <Doubled as ::es_core::__private::HandledBy<
                    Clicks,
                >>::is_alias(name) => {
                    <Doubled as ::es_core::__private::HandledBy<Clicks>>::decode(raw)
                        .map(Self::Doubled)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::Clicked(event) => {
                    <Clicked as ::es_core::__private::HandledBy<Clicks>>::stored(event)
                }
                Self::Doubled(event) => {
                    <Doubled as ::es_core::__private::HandledBy<Clicks>>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Clicked> for ClicksEvent {
        fn from(event: Clicked) -> Self {
            Self::Clicked(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Doubled> for ClicksEvent {
        fn from(event: Doubled) -> Self {
            Self::Doubled(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Clicks> for ClicksEvent {
        fn into_events(self, events: &mut ::es_core::Events<Clicks>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Clicks> for ClicksEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Clicks>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for ClicksEvent
    where
        for<'a> Clicked: ::core::clone::Clone,
        for<'a> Doubled: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Clicked(event) => Self::Clicked(::core::clone::Clone::clone(event)),
                Self::Doubled(event) => Self::Doubled(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for ClicksEvent
    where
        for<'a> Clicked: ::core::fmt::Debug,
        for<'a> Doubled: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Clicked(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Doubled(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for ClicksEvent
    where
        for<'a> Clicked: ::core::cmp::PartialEq,
        for<'a> Doubled: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::Clicked(left), Self::Clicked(right)) => left == right,
                (Self::Doubled(left), Self::Doubled(right)) => left == right,
                _ => false,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <Clicked as ::es_core::__private::HandledBy<Clicks>>::INFO.handled_by("clicked"),
        <Doubled as ::es_core::__private::HandledBy<Clicks>>::INFO.handled_by("doubled"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Clicks as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Clicks"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "begin",
                ..<Click as ::es_core::__private::HandledCommand>::CREATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
