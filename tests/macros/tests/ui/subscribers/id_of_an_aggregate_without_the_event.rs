//! The id of an aggregate that has no such event.

use es_core::prelude::*;

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
    async fn warn(&self, cx: EventHandlerContext<'_, MoneyWithdrawn>) -> Result<(), Failure> {
        println!("{}", cx.id::<Account>()?);
        Ok(())
    }
}

fn main() {}
