// What the macros write for the types in arguments.rs.

// `Tree`

/// The events of `Tree`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub(super) enum Growth {
    /// Folded into the state by `planted`.
    Planted(Planted),
}
/// The commands of `Tree`.
#[allow(private_interfaces)]
pub(super) enum Gardening {
    /// Handled by `plant`.
    Plant(Plant),
}
/// Why a command handler of `Tree` refused.
#[allow(private_interfaces)]
pub(super) enum GardeningError {
    /// Refused by `plant`.
    Plant(
        <<Tree as inner::event_sourcing::Create<
            Plant,
        >>::Output as inner::event_sourcing::Decision<Tree>>::Error,
    ),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl inner::event_sourcing::Aggregate for Tree {
        const TYPE: &'static str = "Tree";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [inner::event_sourcing::registry::EventInfo] = EVENTS;
        type Id = inner::event_sourcing::Id<Self>;
        type Event = Growth;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: Growth,
            cx: &inner::event_sourcing::EventContext<'_>,
        ) -> ::core::result::Result<(), inner::event_sourcing::NotStarted> {
            match event {
                Growth::Planted(event) => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &inner::event_sourcing::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), inner::event_sourcing::ReplayFailure> {
            match raw.event_type {
                <Planted as inner::event_sourcing::__private::HandledBy<Tree>>::NAME => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::replay(state, raw)
                }
                name if <Planted as inner::event_sourcing::__private::HandledBy<
                    Tree,
                >>::is_alias(name) => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::replay(state, raw)
                }
                _ => inner::event_sourcing::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl inner::event_sourcing::IdOf<Tree>
    for <Tree as inner::event_sourcing::Aggregate>::Id {}
    #[automatically_derived]
    impl inner::event_sourcing::Create<Plant> for Tree {
        type Output = Planted;
        async fn create(
            command: Plant,
            _: &inner::event_sourcing::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::plant(command)
        }
    }
    #[automatically_derived]
    impl inner::event_sourcing::Evolve<Planted> for Tree {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Planted,
            _: &inner::event_sourcing::EventContext<'_>,
        ) -> ::core::result::Result<(), inner::event_sourcing::NotStarted> {
            *state = ::core::option::Option::Some(Self::planted(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl inner::event_sourcing::EventSet for Growth {
        fn decode(
            raw: &inner::event_sourcing::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, inner::event_sourcing::DecodeError> {
            match raw.event_type {
                <Planted as inner::event_sourcing::__private::HandledBy<Tree>>::NAME => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::decode(raw)
                        .map(Self::Planted)
                }
                name if <Planted as inner::event_sourcing::__private::HandledBy<
                    Tree,
                >>::is_alias(name) => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::decode(raw)
                        .map(Self::Planted)
                }
                _ => {
                    ::core::result::Result::Err(
                        inner::event_sourcing::DecodeError::UnknownType,
                    )
                }
            }
        }
        fn stored(&self) -> &dyn inner::event_sourcing::StoredEvent {
            match self {
                Self::Planted(event) => {
                    <Planted as inner::event_sourcing::__private::HandledBy<
                        Tree,
                    >>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Planted> for Growth {
        fn from(event: Planted) -> Self {
            Self::Planted(event)
        }
    }
    #[automatically_derived]
    impl inner::event_sourcing::IntoEvents<Tree> for Growth {
        fn into_events(self, events: &mut inner::event_sourcing::Events<Tree>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl inner::event_sourcing::Decision<Tree> for Growth {
        type Error = ::core::convert::Infallible;
        type Failure = inner::event_sourcing::Failure;
        fn decide(
            self,
            events: &mut inner::event_sourcing::Events<Tree>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for Growth
    where
        for<'a> Planted: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::Planted(event) => Self::Planted(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for Growth
    where
        for<'a> Planted: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Planted(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for Growth
    where
        for<'a> Planted: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::Planted(left), Self::Planted(right)) => left == right,
            }
        }
    }
    const COMMANDS: &[&str] = &[
        <Plant as inner::event_sourcing::__private::HandledCommand>::NAME,
    ];
    #[automatically_derived]
    impl inner::event_sourcing::CommandSet<Tree> for Gardening {
        type Rejection = GardeningError;
        fn decode(
            command_type: &str,
            json: &[u8],
        ) -> ::core::result::Result<Self, inner::event_sourcing::CommandDecodeError> {
            match command_type {
                <Plant as inner::event_sourcing::__private::HandledCommand>::NAME => {
                    inner::event_sourcing::__private::decode_command::<
                        Plant,
                    >(
                            <Plant as inner::event_sourcing::__private::HandledCommand>::NAME,
                            json,
                        )
                        .map(Self::Plant)
                }
                _ => {
                    ::core::result::Result::Err(inner::event_sourcing::CommandDecodeError::UnknownType {
                        command_type: ::core::convert::From::from(command_type),
                        known: COMMANDS,
                    })
                }
            }
        }
        fn command_type(&self) -> &'static str {
            match self {
                Self::Plant(_) => {
                    <Plant as inner::event_sourcing::__private::HandledCommand>::NAME
                }
            }
        }
        fn route<'r>(
            self,
            router: inner::event_sourcing::repository::Router<'r, Tree, Self::Rejection>,
        ) -> inner::event_sourcing::repository::Dispatch<'r, Tree, Self::Rejection> {
            match self {
                Self::Plant(command) => router.create(command, GardeningError::Plant),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Plant> for Gardening {
        fn from(command: Plant) -> Self {
            Self::Plant(command)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for Gardening
    where
        for<'a> Plant: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Plant(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for GardeningError
    where
        for<'a> <<Tree as inner::event_sourcing::Create<
            Plant,
        >>::Output as inner::event_sourcing::Decision<Tree>>::Error: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Plant(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for GardeningError
    where
        for<'a> <<Tree as inner::event_sourcing::Create<
            Plant,
        >>::Output as inner::event_sourcing::Decision<
            Tree,
        >>::Error: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::Plant(inner) => ::core::fmt::Display::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::error::Error for GardeningError
    where
        for<'a> <<Tree as inner::event_sourcing::Create<
            Plant,
        >>::Output as inner::event_sourcing::Decision<
            Tree,
        >>::Error: ::core::error::Error,
    {}
    const EVENTS: &[inner::event_sourcing::registry::EventInfo] = &[
        <Planted as inner::event_sourcing::__private::HandledBy<Tree>>::INFO
            .handled_by("planted"),
    ];
    const _: () = inner::event_sourcing::__private::assert_event(EVENTS, &[], 0);
    const INFO: inner::event_sourcing::registry::AggregateInfo = inner::event_sourcing::registry::AggregateInfo {
        entity_type: <Tree as inner::event_sourcing::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Tree"),
        commands: &[
            inner::event_sourcing::registry::CommandInfo {
                handler: "plant",
                ..<Plant as inner::event_sourcing::__private::HandledCommand>::CREATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    inner::event_sourcing::__private::submit! {
        INFO
    }
};
