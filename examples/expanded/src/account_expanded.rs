//! What `#[aggregate(commands = AccountCommand)]` writes.

use crate::{
    Account, AccountOpened, Deposit, Deposited, InsufficientFunds, OpenAccount, Withdraw, Withdrawn,
};

/// The events of `Account`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum AccountEvent {
    /// Folded into the state by `opened`.
    AccountOpened(AccountOpened),
    /// Folded into the state by `deposited`.
    Deposited(Deposited),
    /// Folded into the state by `withdrawn`.
    Withdrawn(Withdrawn),
}

/// The commands of `Account`.
#[allow(private_interfaces)]
pub enum AccountCommand {
    /// Handled by `open`.
    OpenAccount(OpenAccount),
    /// Handled by `deposit`.
    Deposit(Deposit),
    /// Handled by `withdraw`.
    Withdraw(Withdraw),
}

/// Why a command handler of `Account` refused.
#[allow(private_interfaces)]
pub enum AccountCommandError {
    /// Refused by `open`.
    OpenAccount(<<Account as ::es_core::Create<OpenAccount>>::Output as ::es_core::Decision<Account>>::Error),
    /// Refused by `deposit`.
    Deposit(<<Account as ::es_core::Handle<Deposit>>::Output as ::es_core::Decision<Account>>::Error),
    /// Refused by `withdraw`.
    Withdraw(<<Account as ::es_core::Handle<Withdraw>>::Output as ::es_core::Decision<Account>>::Error),
}

#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Account {
        const TYPE: &'static str = "Account";
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
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::fold(
                        event, state, cx,
                    )
                }
                AccountEvent::Deposited(event) => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::fold(event, state, cx)
                }
                AccountEvent::Withdrawn(event) => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::fold(event, state, cx)
                }
            }
        }

        fn replay(
            state: &mut ::core::option::Option<Self>,
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<(), ::es_core::ReplayFailure> {
            match raw.event_type {
                <AccountOpened as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                <Deposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                <Withdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <Deposited as ::es_core::__private::HandledBy<Account>>::is_alias(name) => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <Withdrawn as ::es_core::__private::HandledBy<Account>>::is_alias(name) => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                _ => ::core::result::Result::Err(::core::convert::From::from(
                    ::es_core::DecodeError::UnknownType,
                )),
            }
        }
    }

    // One `Create` or `Handle` for each command handler.

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
        type Output = Deposited;

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
        type Output = Result<Withdrawn, InsufficientFunds>;

        async fn handle(
            &self,
            command: &Withdraw,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.withdraw(command)
        }
    }

    // One `Evolve` for each event handler.

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
    impl ::es_core::Evolve<Deposited> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Deposited,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Deposited as ::es_core::__private::HandledBy<Account>>::started(state)?
                .deposited(&event);
            ::core::result::Result::Ok(())
        }
    }

    #[automatically_derived]
    impl ::es_core::Evolve<Withdrawn> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: Withdrawn,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <Withdrawn as ::es_core::__private::HandledBy<Account>>::started(state)?
                .withdrawn(&event);
            ::core::result::Result::Ok(())
        }
    }

    // The event enum.

    #[automatically_derived]
    impl ::es_core::EventSet for AccountEvent {
        fn decode(
            raw: &::es_core::store::RawEvent<'_>,
        ) -> ::core::result::Result<Self, ::es_core::DecodeError> {
            match raw.event_type {
                <AccountOpened as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountOpened)
                }
                <Deposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::Deposited)
                }
                <Withdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::Withdrawn)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountOpened)
                }
                name if <Deposited as ::es_core::__private::HandledBy<Account>>::is_alias(name) => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::Deposited)
                }
                name if <Withdrawn as ::es_core::__private::HandledBy<Account>>::is_alias(name) => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::Withdrawn)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }

        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::AccountOpened(event) => {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::stored(event)
                }
                Self::Deposited(event) => {
                    <Deposited as ::es_core::__private::HandledBy<Account>>::stored(event)
                }
                Self::Withdrawn(event) => {
                    <Withdrawn as ::es_core::__private::HandledBy<Account>>::stored(event)
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
    impl ::core::convert::From<Deposited> for AccountEvent {
        fn from(event: Deposited) -> Self {
            Self::Deposited(event)
        }
    }

    #[automatically_derived]
    impl ::core::convert::From<Withdrawn> for AccountEvent {
        fn from(event: Withdrawn) -> Self {
            Self::Withdrawn(event)
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
        for<'a> Deposited: ::core::clone::Clone,
        for<'a> Withdrawn: ::core::clone::Clone,
    {
        fn clone(&self) -> Self {
            match self {
                Self::AccountOpened(event) => {
                    Self::AccountOpened(::core::clone::Clone::clone(event))
                }
                Self::Deposited(event) => Self::Deposited(::core::clone::Clone::clone(event)),
                Self::Withdrawn(event) => Self::Withdrawn(::core::clone::Clone::clone(event)),
            }
        }
    }

    #[automatically_derived]
    impl ::core::fmt::Debug for AccountEvent
    where
        for<'a> AccountOpened: ::core::fmt::Debug,
        for<'a> Deposited: ::core::fmt::Debug,
        for<'a> Withdrawn: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::AccountOpened(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Deposited(event) => ::core::fmt::Debug::fmt(event, f),
                Self::Withdrawn(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }

    #[automatically_derived]
    impl ::core::cmp::PartialEq for AccountEvent
    where
        for<'a> AccountOpened: ::core::cmp::PartialEq,
        for<'a> Deposited: ::core::cmp::PartialEq,
        for<'a> Withdrawn: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::AccountOpened(left), Self::AccountOpened(right)) => left == right,
                (Self::Deposited(left), Self::Deposited(right)) => left == right,
                (Self::Withdrawn(left), Self::Withdrawn(right)) => left == right,
                _ => false,
            }
        }
    }

    // The command enum.

    const COMMANDS: &[&str] = &[
        <OpenAccount as ::es_core::__private::HandledCommand>::NAME,
        <Deposit as ::es_core::__private::HandledCommand>::NAME,
        <Withdraw as ::es_core::__private::HandledCommand>::NAME,
    ];

    #[automatically_derived]
    impl ::es_core::CommandSet<Account> for AccountCommand {
        type Rejection = AccountCommandError;

        fn decode(
            command_type: &str,
            json: &[u8],
        ) -> ::core::result::Result<Self, ::es_core::CommandDecodeError> {
            match command_type {
                <OpenAccount as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<OpenAccount>(
                        <OpenAccount as ::es_core::__private::HandledCommand>::NAME,
                        json,
                    )
                    .map(Self::OpenAccount)
                }
                <Deposit as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<Deposit>(
                        <Deposit as ::es_core::__private::HandledCommand>::NAME,
                        json,
                    )
                    .map(Self::Deposit)
                }
                <Withdraw as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<Withdraw>(
                        <Withdraw as ::es_core::__private::HandledCommand>::NAME,
                        json,
                    )
                    .map(Self::Withdraw)
                }
                _ => ::core::result::Result::Err(::es_core::CommandDecodeError::UnknownType {
                    command_type: ::core::convert::From::from(command_type),
                    known: COMMANDS,
                }),
            }
        }

        fn command_type(&self) -> &'static str {
            match self {
                Self::OpenAccount(_) => <OpenAccount as ::es_core::__private::HandledCommand>::NAME,
                Self::Deposit(_) => <Deposit as ::es_core::__private::HandledCommand>::NAME,
                Self::Withdraw(_) => <Withdraw as ::es_core::__private::HandledCommand>::NAME,
            }
        }

        fn route<'r>(
            self,
            router: ::es_core::repository::Router<'r, Account, Self::Rejection>,
        ) -> ::es_core::repository::Dispatch<'r, Account, Self::Rejection> {
            match self {
                Self::OpenAccount(command) => {
                    router.create(command, AccountCommandError::OpenAccount)
                }
                Self::Deposit(command) => router.update(command, AccountCommandError::Deposit),
                Self::Withdraw(command) => router.update(command, AccountCommandError::Withdraw),
            }
        }
    }

    #[automatically_derived]
    impl ::core::convert::From<OpenAccount> for AccountCommand {
        fn from(command: OpenAccount) -> Self {
            Self::OpenAccount(command)
        }
    }

    #[automatically_derived]
    impl ::core::convert::From<Deposit> for AccountCommand {
        fn from(command: Deposit) -> Self {
            Self::Deposit(command)
        }
    }

    #[automatically_derived]
    impl ::core::convert::From<Withdraw> for AccountCommand {
        fn from(command: Withdraw) -> Self {
            Self::Withdraw(command)
        }
    }

    #[automatically_derived]
    impl ::core::fmt::Debug for AccountCommand
    where
        for<'a> OpenAccount: ::core::fmt::Debug,
        for<'a> Deposit: ::core::fmt::Debug,
        for<'a> Withdraw: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }

    #[automatically_derived]
    impl ::core::fmt::Debug for AccountCommandError
    where
        for<'a> <<Account as ::es_core::Create<
            OpenAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Debug,
        for<'a> <<Account as ::es_core::Handle<
            Deposit,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Debug,
        for<'a> <<Account as ::es_core::Handle<
            Withdraw,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Debug::fmt(inner, f),
            }
        }
    }

    #[automatically_derived]
    impl ::core::fmt::Display for AccountCommandError
    where
        for<'a> <<Account as ::es_core::Create<
            OpenAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Display,
        for<'a> <<Account as ::es_core::Handle<
            Deposit,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Display,
        for<'a> <<Account as ::es_core::Handle<
            Withdraw,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Display::fmt(inner, f),
            }
        }
    }

    #[automatically_derived]
    impl ::core::error::Error for AccountCommandError
    where
        for<'a> <<Account as ::es_core::Create<
            OpenAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::error::Error,
        for<'a> <<Account as ::es_core::Handle<
            Deposit,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::error::Error,
        for<'a> <<Account as ::es_core::Handle<
            Withdraw,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::error::Error,
    {}
    // Stored names are distinct, and the registry knows the aggregate.

    const EVENTS: &[::es_core::__private::Names] = &[
        <AccountOpened as ::es_core::__private::HandledBy<Account>>::NAMES,
        <Deposited as ::es_core::__private::HandledBy<Account>>::NAMES,
        <Withdrawn as ::es_core::__private::HandledBy<Account>>::NAMES,
    ];
    const _: () = ::es_core::__private::assert_new_event(EVENTS, 1);
    const _: () = ::es_core::__private::assert_new_event(EVENTS, 2);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 1);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 2);

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
        events: &[
            ::es_core::registry::EventInfo {
                handler: "opened",
                ..<AccountOpened as ::es_core::__private::HandledBy<Account>>::INFO
            },
            ::es_core::registry::EventInfo {
                handler: "deposited",
                ..<Deposited as ::es_core::__private::HandledBy<Account>>::INFO
            },
            ::es_core::registry::EventInfo {
                handler: "withdrawn",
                ..<Withdrawn as ::es_core::__private::HandledBy<Account>>::INFO
            },
        ],
    };
    ::es_core::__private::submit! { INFO }
};
