// What the macros write for the types in plain.rs.

// `Account`

/// The events of `Account`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum AccountEvent {
    /// Folded into the state by `opened`.
    AccountOpened(AccountOpened),
    /// Folded into the state by `deposited`.
    MoneyDeposited(MoneyDeposited),
    /// Folded into the state by `withdrawn`.
    MoneyWithdrawn(MoneyWithdrawn),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Account {
        const TYPE: &'static str = "Account";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        type Id = ::es_core::Id<Self>;
        type Event = AccountEvent;
        type Services = ();
        fn apply(
            state: &mut ::core::option::Option<Self>,
            event: AccountEvent,
            cx: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            match event {
                AccountEvent::AccountOpened(event) => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::fold(event, state, cx)
                }
                AccountEvent::MoneyDeposited(event) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::fold(event, state, cx)
                }
                AccountEvent::MoneyWithdrawn(event) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::fold(event, state, cx)
                }
            }
        }
        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <AccountOpened as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                name if <MoneyDeposited as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                name if <MoneyWithdrawn as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::replay(state, raw)
                }
                _ => ::es_core::__private::replay_unknown(state, raw),
            }
        }
    }
    #[automatically_derived]
    impl ::es_core::IdOf<Account> for <Account as ::es_core::Aggregate>::Id {}
    #[automatically_derived]
    impl ::es_core::Create<OpenAccount> for Account {
        type Output = AccountOpened;
        async fn create(
            command: OpenAccount,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            Self::open(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<Deposit> for Account {
        type Output = MoneyDeposited;
        async fn handle(
            &self,
            command: &Deposit,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.deposit(::es_core::__private::again(command))
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<Withdraw> for Account {
        type Output = Result<MoneyWithdrawn, InsufficientFunds>;
        async fn handle(
            &self,
            command: &Withdraw,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.withdraw(::es_core::__private::again(command))
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<AccountOpened> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: AccountOpened,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            *state = ::core::option::Option::Some(Self::opened(event));
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<MoneyDeposited> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: MoneyDeposited,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::started(state)?
                .deposited(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::Evolve<MoneyWithdrawn> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: MoneyWithdrawn,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::started(state)?
                .withdrawn(&event);
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::es_core::EventSet for AccountEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <AccountOpened as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::AccountOpened)
                }
                <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::MoneyDeposited)
                }
                <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::MoneyWithdrawn)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::AccountOpened)
                }
                name if <MoneyDeposited as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::MoneyDeposited)
                }
                name if <MoneyWithdrawn as ::es_core::__private::HandledBy<
                    Account,
                >>::is_alias(name) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::decode(raw)
                        .map(Self::MoneyWithdrawn)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::AccountOpened(event) => {
                    <AccountOpened as ::es_core::__private::HandledBy<
                        Account,
                    >>::stored(event)
                }
                Self::MoneyDeposited(event) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<
                        Account,
                    >>::stored(event)
                }
                Self::MoneyWithdrawn(event) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<
                        Account,
                    >>::stored(event)
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<AccountOpened> for AccountEvent {
        fn from(event: AccountOpened) -> Self {
            Self::AccountOpened(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<MoneyDeposited> for AccountEvent {
        fn from(event: MoneyDeposited) -> Self {
            Self::MoneyDeposited(event)
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<MoneyWithdrawn> for AccountEvent {
        fn from(event: MoneyWithdrawn) -> Self {
            Self::MoneyWithdrawn(event)
        }
    }
    #[automatically_derived]
    impl ::es_core::IntoEvents<Account> for AccountEvent {
        fn into_events(self, events: &mut ::es_core::Events<Account>) {
            events.push(self);
        }
    }
    #[automatically_derived]
    impl ::es_core::Decision<Account> for AccountEvent {
        type Error = ::core::convert::Infallible;
        type Failure = ::es_core::Failure;
        fn decide(
            self,
            events: &mut ::es_core::Events<Account>,
        ) -> ::core::result::Result<(), Self::Error> {
            events.push(self);
            ::core::result::Result::Ok(())
        }
        fn rejected(error: Self::Error) -> Self::Failure {
            match error {}
        }
    }
    #[automatically_derived]
    impl ::core::clone::Clone for AccountEvent
    where
        for<'a> AccountOpened: ::core::clone::Clone,
        for<'a> MoneyDeposited: ::core::clone::Clone,
        for<'a> MoneyWithdrawn: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::AccountOpened(event) => {
                    Self::AccountOpened(::core::clone::Clone::clone(event))
                }
                Self::MoneyDeposited(event) => {
                    Self::MoneyDeposited(::core::clone::Clone::clone(event))
                }
                Self::MoneyWithdrawn(event) => {
                    Self::MoneyWithdrawn(::core::clone::Clone::clone(event))
                }
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AccountEvent
    where
        for<'a> AccountOpened: ::core::fmt::Debug,
        for<'a> MoneyDeposited: ::core::fmt::Debug,
        for<'a> MoneyWithdrawn: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::AccountOpened(event) => ::core::fmt::Debug::fmt(event, f),
                Self::MoneyDeposited(event) => ::core::fmt::Debug::fmt(event, f),
                Self::MoneyWithdrawn(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for AccountEvent
    where
        for<'a> AccountOpened: ::core::cmp::PartialEq,
        for<'a> MoneyDeposited: ::core::cmp::PartialEq,
        for<'a> MoneyWithdrawn: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::AccountOpened(left), Self::AccountOpened(right)) => left == right,
                (Self::MoneyDeposited(left), Self::MoneyDeposited(right)) => {
                    left == right
                }
                (Self::MoneyWithdrawn(left), Self::MoneyWithdrawn(right)) => {
                    left == right
                }
                _ => false,
            }
        }
    }
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <AccountOpened as ::es_core::__private::HandledBy<Account>>::INFO
            .handled_by("opened"),
        <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::INFO
            .handled_by("deposited"),
        <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::INFO
            .handled_by("withdrawn"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 2);
    const INFO: ::es_core::registry::AggregateInfo = ::es_core::registry::AggregateInfo {
        entity_type: <Account as ::es_core::Aggregate>::TYPE,
        rust_type: ::core::concat!(::core::module_path!(), "::Account"),
        commands: &[
            ::es_core::registry::CommandInfo {
                handler: "open",
                ..<OpenAccount as ::es_core::__private::HandledCommand>::CREATES
            },
            ::es_core::registry::CommandInfo {
                handler: "deposit",
                ..<Deposit as ::es_core::__private::HandledCommand>::UPDATES
            },
            ::es_core::registry::CommandInfo {
                handler: "withdraw",
                ..<Withdraw as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
