// What the macros write for the types in evolution.rs.

// `Gauge`

/// The events of `Gauge`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum GaugeEvent {
    /// Folded into the state by `installed`.
    Installed(Installed),
    /// Folded into the state by `read`.
    Read(Read),
    /// Folded into the state by `noted`.
    Noted(Noted),
    /// Folded into the state by `removed`.
    Removed(Removed),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Gauge {
        const TYPE: &'static str = "Gauge";
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        const UPCASTERS: &'static [::es_core::evolution::Upcaster] = UPCASTERS;
        const SKIPS_UNKNOWN_EVENTS: ::core::primitive::bool = true;
        type Id = ::es_core::Id<Self>;
        type Event = GaugeEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: GaugeEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                GaugeEvent::Installed(event) => {
                    <Installed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::fold(event, state, cx)
                }
                GaugeEvent::Read(event) => {
                    <Read as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::fold(event, state, cx)
                }
                GaugeEvent::Noted(event) => {
                    <Noted as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::fold(event, state, cx)
                }
                GaugeEvent::Removed(event) => {
                    <Removed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <Installed as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Installed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::replay(state, raw)
                }
                <Read as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Read as ::es_core::__private::HandledBy<Gauge>>::replay(state, raw)
                }
                <Noted as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Noted as ::es_core::__private::HandledBy<Gauge>>::replay(state, raw)
                }
                <Removed as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Removed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::replay(state, raw)
                }
                name if <Installed as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Installed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::replay(state, raw)
                }
                name if <Read as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Read as ::es_core::__private::HandledBy<Gauge>>::replay(state, raw)
                }
                name if <Noted as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Noted as ::es_core::__private::HandledBy<Gauge>>::replay(state, raw)
                }
                name if <Removed as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Removed as ::es_core::__private::HandledBy<
                        Gauge,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Gauge> for <Gauge as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Handle<Answer> for Gauge {
        type Output = Answered;
        async fn handle(
            &self,
            command: &Answer,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.answer(::es_core::__private::again(command))
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Installed> for Gauge {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Installed,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::installed(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Read> for Gauge {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Read,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Read as ::es_core::__private::HandledBy<Gauge>>::started(state)?
                .read(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Noted> for Gauge {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Noted,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Noted as ::es_core::__private::HandledBy<Gauge>>::started(state)?
                .noted(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Removed> for Gauge {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Removed,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Removed as ::es_core::__private::HandledBy<Gauge>>::started(state)?
                .removed(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for GaugeEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <Installed as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Installed as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Installed)
                }
                <Read as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Read as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Read)
                }
                <Noted as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Noted as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Noted)
                }
                <Removed as ::es_core::__private::HandledBy<Gauge>>::NAME => {
                    <Removed as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Removed)
                }
                name if <Installed as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Installed as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Installed)
                }
                name if <Read as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Read as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Read)
                }
                name if <Noted as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Noted as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Noted)
                }
                name if <Removed as ::es_core::__private::HandledBy<
                    Gauge,
                >>::is_alias(name) => {
                    <Removed as ::es_core::__private::HandledBy<Gauge>>::decode(raw)
                        .map(Self::Removed)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::Installed(event) => {
                    <Installed as ::es_core::__private::HandledBy<Gauge>>::stored(event)
                }
                Self::Read(event) => {
                    <Read as ::es_core::__private::HandledBy<Gauge>>::stored(event)
                }
                Self::Noted(event) => {
                    <Noted as ::es_core::__private::HandledBy<Gauge>>::stored(event)
                }
                Self::Removed(event) => {
                    <Removed as ::es_core::__private::HandledBy<Gauge>>::stored(event)
                }
            }
        }
        fn deletes(&self) -> bool {
            match self {
                Self::Removed(_) => true,
                _ => false,
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Installed> for GaugeEvent {
        fn from(event: Installed) -> Self {
            Self::Installed(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Read> for GaugeEvent {
        fn from(event: Read) -> Self {
            Self::Read(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Noted> for GaugeEvent {
        fn from(event: Noted) -> Self {
            Self::Noted(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Removed> for GaugeEvent {
        fn from(event: Removed) -> Self {
            Self::Removed(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Gauge> for GaugeEvent {
        fn into_events(self, events: &mut ::es_core::Events<Gauge>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Gauge> for GaugeEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Gauge>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for GaugeEvent
    where
        for<'a> Installed: ::core::clone::Clone,
        for<'a> Read: ::core::clone::Clone,
        for<'a> Noted: ::core::clone::Clone,
        for<'a> Removed: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Installed(event) => {
                    Self::Installed(::core::clone::Clone::clone(event))
                }
                Self::Read(event) => Self::Read(::core::clone::Clone::clone(event)),
                Self::Noted(event) => Self::Noted(::core::clone::Clone::clone(event)),
                Self::Removed(event) => Self::Removed(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for GaugeEvent
    where
        for<'a> Installed: ::core::fmt::Debug,
        for<'a> Read: ::core::fmt::Debug,
        for<'a> Noted: ::core::fmt::Debug,
        for<'a> Removed: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Installed(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Read(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Noted(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Removed(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for GaugeEvent
    where
        for<'a> Installed: ::core::cmp::PartialEq,
        for<'a> Read: ::core::cmp::PartialEq,
        for<'a> Noted: ::core::cmp::PartialEq,
        for<'a> Removed: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::Installed(left), Self::Installed(right)) => left == right,
                (Self::Read(left), Self::Read(right)) => left == right,
                (Self::Noted(left), Self::Noted(right)) => left == right,
                (Self::Removed(left), Self::Removed(right)) => left == right,
                _ => false,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <Installed as ::es_core::__private::HandledBy<Gauge>>::INFO
            .handled_by("installed"),
        <Read as ::es_core::__private::HandledBy<Gauge>>::INFO.handled_by("read"),
        <Noted as ::es_core::__private::HandledBy<Gauge>>::INFO.handled_by("noted"),
        <Removed as ::es_core::__private::HandledBy<Gauge>>::INFO
            .handled_by("removed")
            .deleting(),
    ];
    const UPCASTERS: &[::es_core::evolution::Upcaster] = &[
        ::es_core::evolution::Upcaster::new(
            "Read",
            1,
            &[],
            "as_number",
            |json, _| {
                ::es_core::evolution::IntoUpcast::into_upcast(
                    <Gauge>::as_number(
                        <Value as ::es_core::__private::TakesJson>::take(json),
                    ),
                )
            },
        ),
        ::es_core::evolution::Upcaster::new(
            "Corrected",
            1,
            &[("Read", 1), ("Noted", 1)],
            "split",
            |json, cx| {
                ::es_core::evolution::IntoUpcast::into_upcast(
                    <Gauge>::split(
                        <Value as ::es_core::__private::TakesJson>::take(json),
                        cx,
                    ),
                )
            },
        ),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, UPCASTERS, 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, UPCASTERS, 1);
    const _: () = ::es_core::__private::assert_event(EVENTS, UPCASTERS, 2);
    const _: () = ::es_core::__private::assert_event(EVENTS, UPCASTERS, 3);
    const _: () = ::es_core::__private::assert_step(
        EVENTS,
        UPCASTERS,
        0,
        &mut [0; UPCASTERS.len()],
    );
    const _: () = ::es_core::__private::assert_step(
        EVENTS,
        UPCASTERS,
        1,
        &mut [0; UPCASTERS.len()],
    );
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Gauge as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Gauge"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "answer",
                ..<Answer as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: UPCASTERS,
    };
    ::es_core::__private::submit! {
        INFO
    }
};

// `Installed`

#[automatically_derived]
impl ::es_core::Event for Installed {
    const TYPE: &'static str = "Installed";
    const VERSION: u32 = 2;
    const FROM: ::core::option::Option<::es_core::evolution::TypedStep<Self>> = ::core::option::Option::Some(
        ::es_core::evolution::TypedStep::from::<InstalledV1>(),
    );
}
const _: () = ::es_core::__private::assert_older::<Installed>();
#[automatically_derived]
impl<A: ::es_core::Evolve<Installed>> ::es_core::IntoEvents<A> for Installed {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<Installed>> ::es_core::Decision<A> for Installed {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(
        self,
        events: &mut ::es_core::Events<A>,
    ) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

// `Answered`

#[automatically_derived]
impl ::es_core::Event for Answered {
    const TYPE: &'static str = "$Answered";
}
#[automatically_derived]
impl<A: ::es_core::Aggregate> ::es_core::IntoEvents<A> for Answered {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push_pseudo(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Aggregate> ::es_core::Decision<A> for Answered {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(
        self,
        events: &mut ::es_core::Events<A>,
    ) -> ::core::result::Result<(), Self::Error> {
        events.push_pseudo(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}
