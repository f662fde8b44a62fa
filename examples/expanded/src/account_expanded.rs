//! What `#[aggregate(id = AccountNumber, commands = AccountCommand, snapshot(every = 10))]` writes.

use crate::domain::{
    Account, AccountClosed, AccountOpened, CloseAccount, Deposit, MoneyDeposited, MoneyWithdrawn,
    OpenAccount, Refused, Withdraw,
};
use crate::number::AccountNumber;

/// The events of `Account`.
#[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
pub enum AccountEvent {
    /// Folded into the state by `opened`.
    AccountOpened(AccountOpened),
    /// Folded into the state by `deposited`.
    MoneyDeposited(MoneyDeposited),
    /// Folded into the state by `withdrawn`.
    MoneyWithdrawn(MoneyWithdrawn),
    /// Folded into the state by `closed`.
    AccountClosed(AccountClosed),
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
    /// Handled by `close`.
    CloseAccount(CloseAccount),
}
/// Why a command handler of `Account` refused.
#[allow(private_interfaces)]
pub enum AccountCommandError {
    /// Refused by `open`.
    OpenAccount(
        <<Account as ::es_core::Create<
            OpenAccount,
        >>::Output as ::es_core::Decision<Account>>::Error,
    ),
    /// Refused by `deposit`.
    Deposit(
        <<Account as ::es_core::Handle<
            Deposit,
        >>::Output as ::es_core::Decision<Account>>::Error,
    ),
    /// Refused by `withdraw`.
    Withdraw(
        <<Account as ::es_core::Handle<
            Withdraw,
        >>::Output as ::es_core::Decision<Account>>::Error,
    ),
    /// Refused by `close`.
    CloseAccount(
        <<Account as ::es_core::Handle<
            CloseAccount,
        >>::Output as ::es_core::Decision<Account>>::Error,
    ),
}
#[allow(unreachable_patterns)]
const _: () = {
    #[automatically_derived]
    impl ::es_core::Aggregate for Account {
        const TYPE: &'static str = "Account";
        const READS_CONTEXT: ::core::primitive::bool = false;
        const EVENTS: &'static [::es_core::registry::EventInfo] = EVENTS;
        const SNAPSHOTS: ::core::option::Option<::es_core::Snapshots<Self>> =
            ::core::option::Option::Some(::es_core::Snapshots::of_state("Account").every(10));
        type Id = AccountNumber;
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
                AccountEvent::MoneyDeposited(event) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::fold(
                        event, state, cx,
                    )
                }
                AccountEvent::MoneyWithdrawn(event) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::fold(
                        event, state, cx,
                    )
                }
                AccountEvent::AccountClosed(event) => {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::fold(
                        event, state, cx,
                    )
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
                <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                <AccountClosed as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
                }
                name if <AccountClosed as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::replay(state, raw)
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
        type Output = Result<MoneyDeposited, Refused>;
        async fn handle(
            &self,
            command: &Deposit,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.deposit(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<Withdraw> for Account {
        type Output = Result<MoneyWithdrawn, Refused>;
        async fn handle(
            &self,
            command: &Withdraw,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.withdraw(command)
        }
    }
    #[automatically_derived]
    impl ::es_core::Handle<CloseAccount> for Account {
        type Output = Result<AccountClosed, Refused>;
        async fn handle(
            &self,
            command: &CloseAccount,
            _: &::es_core::CommandContext<Self>,
            _: &Self::Services,
        ) -> Self::Output {
            self.close(command)
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
    impl ::es_core::Evolve<AccountClosed> for Account {
        fn evolve(
            state: &mut ::core::option::Option<Self>,
            event: AccountClosed,
            _: &::es_core::EventContext<'_>,
        ) -> ::core::result::Result<(), ::es_core::NotStarted> {
            <AccountClosed as ::es_core::__private::HandledBy<Account>>::started(state)?
                .closed(&event);
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
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountOpened)
                }
                <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::MoneyDeposited)
                }
                <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::MoneyWithdrawn)
                }
                <AccountClosed as ::es_core::__private::HandledBy<Account>>::NAME => {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountClosed)
                }
                name if <AccountOpened as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountOpened)
                }
                name if <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::MoneyDeposited)
                }
                name if <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::MoneyWithdrawn)
                }
                name if <AccountClosed as ::es_core::__private::HandledBy<Account>>::is_alias(
                    name,
                ) =>
                {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::decode(raw)
                        .map(Self::AccountClosed)
                }
                _ => ::core::result::Result::Err(::es_core::DecodeError::UnknownType),
            }
        }
        fn stored(&self) -> &dyn ::es_core::StoredEvent {
            match self {
                Self::AccountOpened(event) => {
                    <AccountOpened as ::es_core::__private::HandledBy<Account>>::stored(event)
                }
                Self::MoneyDeposited(event) => {
                    <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::stored(event)
                }
                Self::MoneyWithdrawn(event) => {
                    <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::stored(event)
                }
                Self::AccountClosed(event) => {
                    <AccountClosed as ::es_core::__private::HandledBy<Account>>::stored(event)
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
    impl ::core::convert::From<AccountClosed> for AccountEvent {
        fn from(event: AccountClosed) -> Self {
            Self::AccountClosed(event)
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
        for<'a> AccountClosed: ::core::clone::Clone,
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
                Self::AccountClosed(event) => {
                    Self::AccountClosed(::core::clone::Clone::clone(event))
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
        for<'a> AccountClosed: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::AccountOpened(event) => ::core::fmt::Debug::fmt(event, f),
                Self::MoneyDeposited(event) => ::core::fmt::Debug::fmt(event, f),
                Self::MoneyWithdrawn(event) => ::core::fmt::Debug::fmt(event, f),
                Self::AccountClosed(event) => ::core::fmt::Debug::fmt(event, f),
            }
        }
    }
    #[automatically_derived]
    impl ::core::cmp::PartialEq for AccountEvent
    where
        for<'a> AccountOpened: ::core::cmp::PartialEq,
        for<'a> MoneyDeposited: ::core::cmp::PartialEq,
        for<'a> MoneyWithdrawn: ::core::cmp::PartialEq,
        for<'a> AccountClosed: ::core::cmp::PartialEq,
    {
        fn eq(&self, other: &Self) -> bool {
            match (self, other) {
                (Self::AccountOpened(left), Self::AccountOpened(right)) => left == right,
                (Self::MoneyDeposited(left), Self::MoneyDeposited(right)) => left == right,
                (Self::MoneyWithdrawn(left), Self::MoneyWithdrawn(right)) => left == right,
                (Self::AccountClosed(left), Self::AccountClosed(right)) => left == right,
                _ => false,
            }
        }
    }
    const COMMANDS: &[&str] = &[
        <OpenAccount as ::es_core::__private::HandledCommand>::NAME,
        <Deposit as ::es_core::__private::HandledCommand>::NAME,
        <Withdraw as ::es_core::__private::HandledCommand>::NAME,
        <CloseAccount as ::es_core::__private::HandledCommand>::NAME,
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
                <CloseAccount as ::es_core::__private::HandledCommand>::NAME => {
                    ::es_core::__private::decode_command::<CloseAccount>(
                        <CloseAccount as ::es_core::__private::HandledCommand>::NAME,
                        json,
                    )
                    .map(Self::CloseAccount)
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
                Self::CloseAccount(_) => {
                    <CloseAccount as ::es_core::__private::HandledCommand>::NAME
                }
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
                Self::CloseAccount(command) => {
                    router.update(command, AccountCommandError::CloseAccount)
                }
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
    impl ::core::convert::From<CloseAccount> for AccountCommand {
        fn from(command: CloseAccount) -> Self {
            Self::CloseAccount(command)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for AccountCommand
    where
        for<'a> OpenAccount: ::core::fmt::Debug,
        for<'a> Deposit: ::core::fmt::Debug,
        for<'a> Withdraw: ::core::fmt::Debug,
        for<'a> CloseAccount: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::CloseAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
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
        for<'a> <<Account as ::es_core::Handle<
            CloseAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Debug,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Debug::fmt(inner, f),
                Self::CloseAccount(inner) => ::core::fmt::Debug::fmt(inner, f),
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
        for<'a> <<Account as ::es_core::Handle<
            CloseAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::fmt::Display,
    {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            match self {
                Self::OpenAccount(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::Deposit(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::Withdraw(inner) => ::core::fmt::Display::fmt(inner, f),
                Self::CloseAccount(inner) => ::core::fmt::Display::fmt(inner, f),
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
        for<'a> <<Account as ::es_core::Handle<
            CloseAccount,
        >>::Output as ::es_core::Decision<Account>>::Error: ::core::error::Error,
    {}
    const EVENTS: &[::es_core::registry::EventInfo] = &[
        <AccountOpened as ::es_core::__private::HandledBy<Account>>::INFO.handled_by("opened"),
        <MoneyDeposited as ::es_core::__private::HandledBy<Account>>::INFO.handled_by("deposited"),
        <MoneyWithdrawn as ::es_core::__private::HandledBy<Account>>::INFO.handled_by("withdrawn"),
        <AccountClosed as ::es_core::__private::HandledBy<Account>>::INFO.handled_by("closed"),
    ];
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 0);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 1);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 2);
    const _: () = ::es_core::__private::assert_event(EVENTS, &[], 3);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 1);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 2);
    const _: () = ::es_core::__private::assert_new_command(COMMANDS, 3);
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
            ::es_core::registry::CommandInfo {
                handler: "close",
                ..<CloseAccount as ::es_core::__private::HandledCommand>::UPDATES
            },
        ],
        events: EVENTS,
        upcasters: &[],
    };
    ::es_core::__private::submit! {
        INFO
    }
};
