//! A test of a subscriber with an event that the aggregate of the id doesn't have.

use es_core::prelude::*;
use es_core::testing::subscriber;

include!("../messages.rs");

#[derive(Default)]
pub struct Account;

#[aggregate]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[event_handler]
    fn opened(&mut self, _: AccountOpened) {}
}

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, _: EventHandlerContext<'_, AccountOpened>) {}
}

pub fn usage(account: &Id<Account>) {
    let _ = subscriber(|_| Letters).when(account, [MoneyWithdrawn { amount: 1 }]);
}

fn main() {}
