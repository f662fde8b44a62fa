// What the macros write for the types in natural_id.rs.

// `Ledger`

/// The events of `Ledger`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum LedgerEvent {
    /// Folded into the state by `opened`.
    LedgerOpened(LedgerOpened),
    /// Folded into the state by `booked`.
    Booked(Booked),
}
/// The commands of `Ledger`.
#[allow(private_interfaces)]
pub enum LedgerCommand {
    /// Handled by `open`.
    OpenLedger(OpenLedger),
    /// Handled by `book`.
    Book(Book),
}
/// Why a command handler of `Ledger` refused.
#[allow(private_interfaces)]
pub enum LedgerCommandError {
    /// Refused by `open`.
    OpenLedger(
        <<Ledger as ::es_core::Create<
            OpenLedger,
        >>::Output as ::es_core::Decision<Ledger>>::Error,
    ),
    /// Refused by `book`.
    Book(
        <<Ledger as ::es_core::Handle<
            Book,
        >>::Output as ::es_core::Decision<Ledger>>::Error,
    ),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Ledger {
        const TYPE: &'static str = "Ledger";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = Iban;
        type Event = LedgerEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: LedgerEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                LedgerEvent::LedgerOpened(event) => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::fold(event, state, cx)
                }
                LedgerEvent::Booked(event) => {
                    <Booked as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <LedgerOpened as ::es_core::__private::HandledBy<Ledger>>::NAME => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::replay(state, raw)
                }
                <Booked as ::es_core::__private::HandledBy<Ledger>>::NAME => {
                    <Booked as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::replay(state, raw)
                }
                name if <LedgerOpened as ::es_core::__private::HandledBy<
                    Ledger,
                >>::is_alias(name) => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::replay(state, raw)
                }
                name if <Booked as ::es_core::__private::HandledBy<
                    Ledger,
                >>::is_alias(name) => {
                    <Booked as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Ledger> for <Ledger as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<OpenLedger> for Ledger {
        type Output = Result<LedgerOpened, UnknownCurrency>;
        async fn create(
            command: OpenLedger,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::open(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<Book> for Ledger {
        type Output = LedgerEvent;
        async fn handle(
            &self,
            command: &Book,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.book(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<LedgerOpened> for Ledger {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: LedgerOpened,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::opened(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Booked> for Ledger {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Booked,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Booked as ::es_core::__private::HandledBy<Ledger>>::started(state)?
                .booked(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for LedgerEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <LedgerOpened as ::es_core::__private::HandledBy<Ledger>>::NAME => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::decode(raw)
                        .map(Self::LedgerOpened)
                }
                <Booked as ::es_core::__private::HandledBy<Ledger>>::NAME => {
                    <Booked as ::es_core::__private::HandledBy<Ledger>>::decode(raw)
                        .map(Self::Booked)
                }
                name if <LedgerOpened as ::es_core::__private::HandledBy<
                    Ledger,
                >>::is_alias(name) => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::decode(raw)
                        .map(Self::LedgerOpened)
                }
                name if <Booked as ::es_core::__private::HandledBy<
                    Ledger,
                >>::is_alias(name) => {
                    <Booked as ::es_core::__private::HandledBy<Ledger>>::decode(raw)
                        .map(Self::Booked)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::LedgerOpened(event) => {
                    <LedgerOpened as ::es_core::__private::HandledBy<
                        Ledger,
                    >>::stored(event)
                }
                Self::Booked(event) => {
                    <Booked as ::es_core::__private::HandledBy<Ledger>>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<LedgerOpened> for LedgerEvent {
        fn from(event: LedgerOpened) -> Self {
            Self::LedgerOpened(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Booked> for LedgerEvent {
        fn from(event: Booked) -> Self {
            Self::Booked(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Ledger> for LedgerEvent {
        fn into_events(self, events: &mut ::es_core::Events<Ledger>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Ledger> for LedgerEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Ledger>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for LedgerEvent
    where
        for<'a> LedgerOpened: ::core::clone::Clone,
        for<'a> Booked: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::LedgerOpened(event) => {
                    Self::LedgerOpened(::core::clone::Clone::clone(event))
                }
                Self::Booked(event) => Self::Booked(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for LedgerEvent
    where
        for<'a> LedgerOpened: ::core::fmt::Debug,
        for<'a> Booked: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::LedgerOpened(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Booked(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for LedgerEvent
    where
        for<'a> LedgerOpened: ::core::cmp::PartialEq,
        for<'a> Booked: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::LedgerOpened(left), Self::LedgerOpened(right)) => left == right,
                (Self::Booked(left), Self::Booked(right)) => left == right,
                _ => false,
            }
        }
    }
    const COMMANDS: &[&str] = &[
        <OpenLedger as ::es_core::__private::HandledCommand>::NAME,
        <Book as ::es_core::__private::HandledCommand>::NAME,
    ];
    #[automatically_derived]
    impl ::es_core::CommandSet<Ledger> for LedgerCommand {
        type Rejection = LedgerCommandError;
        fn decode(
            command_type: &str,
            json: &[u8],
        ) -> ::core::result::Result<Self, ::es_core::CommandDecodeError> {
            match command_type {
                <OpenLedger as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        OpenLedger,
                    >(<OpenLedger as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::OpenLedger)
                }
                <Book as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        Book,
                    >(<Book as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::Book)
                }
                _ => {
                    ::core::result::Result::Err(::es_core::CommandDecodeError::UnknownType {
                        command_type: ::core::convert::From::from(command_type),
                        known: COMMANDS,
                    })
                }
            }
        }
        fn command_type(&self) -> &'static str {
            match self {
                Self::OpenLedger(_) => {
                    <OpenLedger as ::es_core::__private::HandledCommand>::NAME
                }
                Self::Book(_) => <Book as ::es_core::__private::HandledCommand>::NAME,
            }
        }
        fn route<'r>(
            self,
            router: ::es_core::repository::Router<'r, Ledger, Self::Rejection>,
        ) -> ::es_core::repository::Dispatch<'r, Ledger, Self::Rejection> {
            match self {
                Self::OpenLedger(command) => {
                    router.create(command, LedgerCommandError::OpenLedger)
                }
                Self::Book(command) => router.update(command, LedgerCommandError::Book),
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<OpenLedger> for LedgerCommand {
        fn from(command: OpenLedger) -> Self {
            Self::OpenLedger(command)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Book> for LedgerCommand {
        fn from(command: Book) -> Self {
            Self::Book(command)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for LedgerCommand
    where
        for<'a> OpenLedger: ::core::fmt::Debug,
        for<'a> Book: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenLedger(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Book(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for LedgerCommandError
    where
        for<'a> <<Ledger as ::es_core::Create<
            OpenLedger,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::fmt::Debug,
        for<'a> <<Ledger as ::es_core::Handle<
            Book,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenLedger(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Book(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for LedgerCommandError
    where
        for<'a> <<Ledger as ::es_core::Create<
            OpenLedger,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::fmt::Display,
        for<'a> <<Ledger as ::es_core::Handle<
            Book,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenLedger(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::Book(inner) => ::core::fmt::Display::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::error::Error for LedgerCommandError
    where
        for<'a> <<Ledger as ::es_core::Create<
            OpenLedger,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::error::Error,
        for<'a> <<Ledger as ::es_core::Handle<
            Book,
        >>::Output as ::es_core::Decision<Ledger>>::Error: ::core::error::Error,
    {}
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <LedgerOpened as ::es_core::__private::HandledBy<Ledger>>::INFO
            .handled_by("opened"),
        <Booked as ::es_core::__private::HandledBy<Ledger>>::INFO.handled_by("booked"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Ledger as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Ledger"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "open",
                ..<OpenLedger as ::es_core::__private::HandledCommand>::CREATES
            },
            ::es_core::registry::CommandInfo {
                handler: "book",
                ..<Book as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
