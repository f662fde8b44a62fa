//! What `#[derive(Command)]` and `#[derive(Event)]` write.

use crate::domain::{
    AccountClosed, AccountOpened, CloseAccount, Deposit, MoneyDeposited, MoneyWithdrawn,
    OpenAccount, Withdraw,
};

#[automatically_derived]
impl ::es_core::Command for OpenAccount {
    const TYPE: &'static str = "OpenAccount";
}

#[automatically_derived]
impl ::es_core::Command for Deposit {
    const TYPE: &'static str = "Deposit";
}

#[automatically_derived]
impl ::es_core::Command for Withdraw {
    const TYPE: &'static str = "Withdraw";
}

#[automatically_derived]
impl ::es_core::Command for CloseAccount {
    const TYPE: &'static str = "CloseAccount";
}

#[automatically_derived]
impl ::es_core::Event for AccountOpened {
    const TYPE: &'static str = "AccountOpened";
}
#[automatically_derived]
impl<A: ::es_core::Evolve<AccountOpened>> ::es_core::IntoEvents<A> for AccountOpened {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<AccountOpened>> ::es_core::Decision<A> for AccountOpened {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(self, events: &mut ::es_core::Events<A>) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

#[automatically_derived]
impl ::es_core::Event for MoneyDeposited {
    const TYPE: &'static str = "MoneyDeposited";
}
#[automatically_derived]
impl<A: ::es_core::Evolve<MoneyDeposited>> ::es_core::IntoEvents<A> for MoneyDeposited {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<MoneyDeposited>> ::es_core::Decision<A> for MoneyDeposited {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(self, events: &mut ::es_core::Events<A>) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

#[automatically_derived]
impl ::es_core::Event for MoneyWithdrawn {
    const TYPE: &'static str = "MoneyWithdrawn";
}
#[automatically_derived]
impl<A: ::es_core::Evolve<MoneyWithdrawn>> ::es_core::IntoEvents<A> for MoneyWithdrawn {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<MoneyWithdrawn>> ::es_core::Decision<A> for MoneyWithdrawn {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(self, events: &mut ::es_core::Events<A>) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}

#[automatically_derived]
impl ::es_core::Event for AccountClosed {
    const TYPE: &'static str = "AccountClosed";
}
#[automatically_derived]
impl<A: ::es_core::Evolve<AccountClosed>> ::es_core::IntoEvents<A> for AccountClosed {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}
#[automatically_derived]
impl<A: ::es_core::Evolve<AccountClosed>> ::es_core::Decision<A> for AccountClosed {
    type Error = ::core::convert::Infallible;
    type Failure = ::es_core::Failure;
    fn decide(self, events: &mut ::es_core::Events<A>) -> ::core::result::Result<(), Self::Error> {
        events.push(self);
        ::core::result::Result::Ok(())
    }
    fn rejected(error: Self::Error) -> Self::Failure {
        match error {}
    }
}
