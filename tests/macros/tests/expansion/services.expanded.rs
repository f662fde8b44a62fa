// What the macros write for the types in services.rs.

// `Wallet`

/// The events of `Wallet`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum WalletEvent {
    /// Folded into the state by `opened`.
    WalletOpened(WalletOpened),
    /// Folded into the state by `exchanged`.
    Exchanged(Exchanged),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Wallet {
        const TYPE: &'static str = "Wallet";
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = WalletEvent;
        type Services = dyn Rates;
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: WalletEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                WalletEvent::WalletOpened(event) => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::fold(event, state, cx)
                }
                WalletEvent::Exchanged(event) => {
                    <Exchanged as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <WalletOpened as ::es_core::__private::HandledBy<Wallet>>::NAME => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::replay(state, raw)
                }
                <Exchanged as ::es_core::__private::HandledBy<Wallet>>::NAME => {
                    <Exchanged as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::replay(state, raw)
                }
                name if <WalletOpened as ::es_core::__private::HandledBy<
                    Wallet,
                >>::is_alias(name) => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::replay(state, raw)
                }
                name if <Exchanged as ::es_core::__private::HandledBy<
                    Wallet,
                >>::is_alias(name) => {
                    <Exchanged as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Wallet> for <Wallet as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::HandlerParameter<Wallet> for dyn Rates {
        fn pick<'a>(
            _: &'a ::es_core::CommandContext<Wallet>,
            services: &'a Self,
        ) -> &'a Self {
            services
        }
    }
    #[automatically_derived]
    impl ::es_core::Create<OpenWallet> for Wallet {
        type Output = WalletOpened;
        async fn create(
            command: OpenWallet,
            cx: &::es_core::CommandContext<Self>,
            services: &Self::Services,
        ) -> Self::Output {
            Self::open(
                    &command,
                    <CommandContext<
                        Self,
                    > as ::es_core::HandlerParameter<Self>>::pick(cx, services),
                )
                .await
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<Exchange> for Wallet {
        type Output = Result<(Exchanged,), std::fmt::Error>;
        async fn handle(
            &self,
            command: &Exchange,
            cx: &::es_core::CommandContext<Self>,
            services: &Self::Services,
        ) -> Self::Output {
            self.exchange(
                    ::es_core::__private::again(command),
                    <dyn Rates as ::es_core::HandlerParameter<Self>>::pick(cx, services),
                    <CommandContext<
                        Wallet,
                    > as ::es_core::HandlerParameter<Self>>::pick(cx, services),
                )
                .await
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<WalletOpened> for Wallet {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: WalletOpened,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::opened(event, cx));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<Exchanged> for Wallet {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Exchanged,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Exchanged as ::es_core::__private::HandledBy<Wallet>>::started(state)?
                .exchanged(&event, cx);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for WalletEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <WalletOpened as ::es_core::__private::HandledBy<Wallet>>::NAME => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::decode(raw)
                        .map(Self::WalletOpened)
                }
                <Exchanged as ::es_core::__private::HandledBy<Wallet>>::NAME => {
                    <Exchanged as ::es_core::__private::HandledBy<Wallet>>::decode(raw)
                        .map(Self::Exchanged)
                }
                name if <WalletOpened as ::es_core::__private::HandledBy<
                    Wallet,
                >>::is_alias(name) => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::decode(raw)
                        .map(Self::WalletOpened)
                }
                name if <Exchanged as ::es_core::__private::HandledBy<
                    Wallet,
                >>::is_alias(name) => {
                    <Exchanged as ::es_core::__private::HandledBy<Wallet>>::decode(raw)
                        .map(Self::Exchanged)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::WalletOpened(event) => {
                    <WalletOpened as ::es_core::__private::HandledBy<
                        Wallet,
                    >>::stored(event)
                }
                Self::Exchanged(event) => {
                    <Exchanged as ::es_core::__private::HandledBy<Wallet>>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<WalletOpened> for WalletEvent {
        fn from(event: WalletOpened) -> Self {
            Self::WalletOpened(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Exchanged> for WalletEvent {
        fn from(event: Exchanged) -> Self {
            Self::Exchanged(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Wallet> for WalletEvent {
        fn into_events(self, events: &mut ::es_core::Events<Wallet>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Wallet> for WalletEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Wallet>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for WalletEvent
    where
        for<'a> WalletOpened: ::core::clone::Clone,
        for<'a> Exchanged: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::WalletOpened(event) => {
                    Self::WalletOpened(::core::clone::Clone::clone(event))
                }
                Self::Exchanged(event) => {
                    Self::Exchanged(::core::clone::Clone::clone(event))
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for WalletEvent
    where
        for<'a> WalletOpened: ::core::fmt::Debug,
        for<'a> Exchanged: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::WalletOpened(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Exchanged(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for WalletEvent
    where
        for<'a> WalletOpened: ::core::cmp::PartialEq,
        for<'a> Exchanged: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::WalletOpened(left), Self::WalletOpened(right)) => left == right,
                (Self::Exchanged(left), Self::Exchanged(right)) => left == right,
                _ => false,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <WalletOpened as ::es_core::__private::HandledBy<Wallet>>::INFO
            .handled_by("opened"),
        <Exchanged as ::es_core::__private::HandledBy<Wallet>>::INFO
            .handled_by("exchanged"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Wallet as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Wallet"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "open",
                ..<OpenWallet as ::es_core::__private::HandledCommand>::CREATES
            },
            ::es_core::registry::CommandInfo {
                handler: "exchange",
                ..<Exchange as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
