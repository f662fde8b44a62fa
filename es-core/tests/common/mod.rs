//! An account for the tests of this folder.

use es_core::prelude::*;

#[derive(Debug, Clone, Deserialize, Command)]
pub(crate) struct OpenAccount {
    pub(crate) owner: String,
}

#[derive(Debug, Clone, Deserialize, Command)]
pub(crate) struct Deposit {
    pub(crate) amount: u64,
}

#[derive(Debug, Clone, Deserialize, Command)]
pub(crate) struct Withdraw {
    pub(crate) amount: u64,
}

#[derive(Serialize, Deserialize, Event)]
pub(crate) struct AccountOpened {
    pub(crate) owner: String,
}

#[derive(Serialize, Deserialize, Event)]
#[event(alias = "MoneyIn")]
pub(crate) struct Deposited {
    pub(crate) amount: u64,
}

#[derive(Serialize, Deserialize, Event)]
#[event(type = "MoneyWithdrawn", version = 2)]
pub(crate) struct Withdrawn {
    pub(crate) amount: u64,
}

#[derive(Debug, PartialEq)]
pub(crate) struct InsufficientFunds(pub(crate) u64);

#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) balance: u64,
}

#[aggregate(type = "bank.Account", vis = pub(crate))]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn deposit(&self, command: &Deposit) -> Option<Deposited> {
        (command.amount > 0).then_some(Deposited { amount: command.amount })
    }

    #[command_handler]
    async fn withdraw(&self, command: Withdraw) -> Result<Withdrawn, InsufficientFunds> {
        self.balance.checked_sub(command.amount).ok_or(InsufficientFunds(self.balance))?;
        Ok(Withdrawn { amount: command.amount })
    }

    #[event_handler]
    fn opened(_: AccountOpened) -> Self {
        Account { balance: 0 }
    }

    #[event_handler]
    fn deposited(&mut self, event: &Deposited) {
        self.balance += event.amount;
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &Withdrawn) {
        self.balance -= event.amount;
    }
}
