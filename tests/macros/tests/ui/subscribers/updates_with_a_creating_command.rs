//! A handler that updates by a command that creates.

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

    #[command_handler]
    fn withdraw(&self, command: Withdraw) -> MoneyWithdrawn {
        MoneyWithdrawn { amount: command.amount }
    }

    #[event_handler]
    fn opened(&mut self, _: AccountOpened) {}

    #[event_handler]
    fn withdrawn(&mut self, _: MoneyWithdrawn) {}
}

pub struct Letters(pub AggregateRepository<Account>);

#[event_subscriber(id = "letters")]
impl Letters {
    #[event_handler]
    async fn welcome(&self, cx: EventHandlerContext<'_, AccountOpened>) -> Result<(), Failure> {
        let id = cx.id::<Account>()?;
        cx.update(&self.0, &id, OpenAccount { owner: cx.event().owner.clone() }).await?;
        Ok(())
    }
}

fn main() {}
