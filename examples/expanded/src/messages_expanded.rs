//! What `#[derive(Command)]` and `#[derive(Event)]` write.

use crate::{AccountOpened, Deposit, Deposited, OpenAccount, Withdraw, Withdrawn};

impl ::es_core::Command for OpenAccount {
    const TYPE: &'static str = "OpenAccount";
}

impl ::es_core::Command for Deposit {
    const TYPE: &'static str = "Deposit";
}

impl ::es_core::Command for Withdraw {
    const TYPE: &'static str = "Withdraw";
}

impl ::es_core::Event for AccountOpened {
    const TYPE: &'static str = "AccountOpened";
}

impl<A: ::es_core::Evolve<AccountOpened>> ::es_core::IntoEvents<A> for AccountOpened {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}

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

impl ::es_core::Event for Deposited {
    const TYPE: &'static str = "Deposited";
}

impl<A: ::es_core::Evolve<Deposited>> ::es_core::IntoEvents<A> for Deposited {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}

impl<A: ::es_core::Evolve<Deposited>> ::es_core::Decision<A> for Deposited {
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

impl ::es_core::Event for Withdrawn {
    const TYPE: &'static str = "MoneyWithdrawn";
}

impl<A: ::es_core::Evolve<Withdrawn>> ::es_core::IntoEvents<A> for Withdrawn {
    fn into_events(self, events: &mut ::es_core::Events<A>) {
        events.push(self);
    }
}

impl<A: ::es_core::Evolve<Withdrawn>> ::es_core::Decision<A> for Withdrawn {
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
