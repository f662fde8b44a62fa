// What the macros write for the types in names.rs.

// `Price`

/// The events of `Price`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum EuroPriceEvent {
    /// Folded into the state by `type`.
    PriceWasSet(events::PriceWasSet),
    /// Folded into the state by `loop`.
    r#Loop(events::r#Loop),
}
/// The commands of `Price`.
#[allow(private_interfaces)]
pub enum EuroPriceCommand {
    /// Handled by `fn`.
    SetPrice(SetPrice),
    /// Handled by `match`.
    r#Match(r#Match),
}
/// Why a command handler of `Price` refused.
#[allow(private_interfaces)]
pub enum EuroPriceCommandError {
    /// Refused by `fn`.
    SetPrice(
        <<Price<
            Euro,
        > as ::es_core::Create<
            SetPrice,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error,
    ),
    /// Refused by `match`.
    r#Match(
        <<Price<
            Euro,
        > as ::es_core::Handle<
            r#Match,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error,
    ),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Price<Euro> {
        const TYPE: &'static str = "shop.EuroPrice";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = EuroPriceEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: EuroPriceEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                EuroPriceEvent::PriceWasSet(event) => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::fold(event, state, cx)
                }
                EuroPriceEvent::r#Loop(event) => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <events::PriceWasSet as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::NAME => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::replay(state, raw)
                }
                <events::r#Loop as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::NAME => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::replay(state, raw)
                }
                name if <events::PriceWasSet as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::is_alias(name) => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::replay(state, raw)
                }
                name if <events::r#Loop as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::is_alias(name) => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Price<Euro>> for <Price<Euro> as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<SetPrice> for Price<Euro> {
        type Output = events::PriceWasSet;
        async fn create(
            command: SetPrice,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::r#fn(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<r#Match> for Price<Euro> {
        type Output = events::r#Loop;
        async fn handle(
            &self,
            command: &r#Match,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.r#match(::es_core::__private::again(command))
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<events::PriceWasSet> for Price<Euro> {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: events::PriceWasSet,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::r#type(&event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<events::r#Loop> for Price<Euro> {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: events::r#Loop,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <events::r#Loop as ::es_core::__private::HandledBy<
                Price<Euro>,
            >>::started(state)?
                .r#loop(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for EuroPriceEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <events::PriceWasSet as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::NAME => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::decode(raw)
                        .map(Self::PriceWasSet)
                }
                <events::r#Loop as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::NAME => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::decode(raw)
                        .map(Self::r#Loop)
                }
                name if <events::PriceWasSet as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::is_alias(name) => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::decode(raw)
                        .map(Self::PriceWasSet)
                }
                name if <events::r#Loop as ::es_core::__private::HandledBy<
                    Price<Euro>,
                >>::is_alias(name) => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::decode(raw)
                        .map(Self::r#Loop)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::PriceWasSet(event) => {
                    <events::PriceWasSet as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::stored(event)
                }
                Self::r#Loop(event) => {
                    <events::r#Loop as ::es_core::__private::HandledBy<
                        Price<Euro>,
                    >>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<events::PriceWasSet> for EuroPriceEvent {
        fn from(event: events::PriceWasSet) -> Self {
            Self::PriceWasSet(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<events::r#Loop> for EuroPriceEvent {
        fn from(event: events::r#Loop) -> Self {
            Self::r#Loop(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Price<Euro>> for EuroPriceEvent {
        fn into_events(self, events: &mut ::es_core::Events<Price<Euro>>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Price<Euro>> for EuroPriceEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Price<Euro>>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for EuroPriceEvent
    where
        for<'a> events::PriceWasSet: ::core::clone::Clone,
        for<'a> events::r#Loop: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::PriceWasSet(event) => {
                    Self::PriceWasSet(::core::clone::Clone::clone(event))
                }
                Self::r#Loop(event) => Self::r#Loop(::core::clone::Clone::clone(event)),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for EuroPriceEvent
    where
        for<'a> events::PriceWasSet: ::core::fmt::Debug,
        for<'a> events::r#Loop: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::PriceWasSet(event) => ::core::fmt::Debug::fmt(event, f),
                Self::r#Loop(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for EuroPriceEvent
    where
        for<'a> events::PriceWasSet: ::core::cmp::PartialEq,
        for<'a> events::r#Loop: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::PriceWasSet(left), Self::PriceWasSet(right)) => left == right,
                (Self::r#Loop(left), Self::r#Loop(right)) => left == right,
                _ => false,
            }
        }
    }
    const COMMANDS: &[&str] = &[
        <SetPrice as ::es_core::__private::HandledCommand>::NAME,
        <r#Match as ::es_core::__private::HandledCommand>::NAME,
    ];
    #[automatically_derived]
    impl ::es_core::CommandSet<Price<Euro>> for EuroPriceCommand {
        type Rejection = EuroPriceCommandError;
        fn decode(
            command_type: &str,
            json: &[u8],
        ) -> ::core::result::Result<Self, ::es_core::CommandDecodeError> {
            match command_type {
                <SetPrice as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        SetPrice,
                    >(<SetPrice as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::SetPrice)
                }
                <r#Match as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<
                        r#Match,
                    >(<r#Match as ::es_core::__private::HandledCommand>::NAME, json)
                        .map(Self::r#Match)
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
                Self::SetPrice(_) => {
                    <SetPrice as ::es_core::__private::HandledCommand>::NAME
                }
                Self::r#Match(_) => {
                    <r#Match as ::es_core::__private::HandledCommand>::NAME
                }
            }
        }
        fn route<'r>(
            self,
            router: ::es_core::repository::Router<'r, Price<Euro>, Self::Rejection>,
        ) -> ::es_core::repository::Dispatch<'r, Price<Euro>, Self::Rejection> {
            match self {
                Self::SetPrice(command) => {
                    router.create(command, EuroPriceCommandError::SetPrice)
                }
                Self::r#Match(command) => {
                    router.update(command, EuroPriceCommandError::r#Match)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<SetPrice> for EuroPriceCommand {
        fn from(command: SetPrice) -> Self {
            Self::SetPrice(command)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<r#Match> for EuroPriceCommand {
        fn from(command: r#Match) -> Self {
            Self::r#Match(command)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for EuroPriceCommand
    where
        for<'a> SetPrice: ::core::fmt::Debug,
        for<'a> r#Match: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::SetPrice(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::r#Match(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for EuroPriceCommandError
    where
        for<'a> <<Price<
            Euro,
        > as ::es_core::Create<
            SetPrice,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::fmt::Debug,
        for<'a> <<Price<
            Euro,
        > as ::es_core::Handle<
            r#Match,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::SetPrice(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::r#Match(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for EuroPriceCommandError
    where
        for<'a> <<Price<
            Euro,
        > as ::es_core::Create<
            SetPrice,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::fmt::Display,
        for<'a> <<Price<
            Euro,
        > as ::es_core::Handle<
            r#Match,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::SetPrice(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::r#Match(inner) => ::core::fmt::Display::fmt(inner, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::error::Error for EuroPriceCommandError
    where
        for<'a> <<Price<
            Euro,
        > as ::es_core::Create<
            SetPrice,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::error::Error,
        for<'a> <<Price<
            Euro,
        > as ::es_core::Handle<
            r#Match,
        >>::Output as ::es_core::Decision<Price<Euro>>>::Error: ::core::error::Error,
    {}
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <events::PriceWasSet as ::es_core::__private::HandledBy<Price<Euro>>>::INFO
            .handled_by("type"),
        <events::r#Loop as ::es_core::__private::HandledBy<Price<Euro>>>::INFO
            .handled_by("loop"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Price<Euro> as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Price"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "fn",
                ..<SetPrice as ::es_core::__private::HandledCommand>::CREATES
            },
            ::es_core::registry::CommandInfo {
                handler: "match",
                ..<r#Match as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
