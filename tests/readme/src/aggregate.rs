use es_core::prelude::*;

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct OpenAccount {
    pub owner: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Deposit {
    pub amount: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Withdraw {
    pub amount: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct AccountOpened {
    pub owner: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct MoneyDeposited {
    pub amount: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct MoneyWithdrawn {
    pub amount: u32,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("only {0} in the account")]
pub struct InsufficientFunds(pub u64);

#[derive(Debug)]
pub struct Account {
    pub owner: String,
    pub balance: u64,
}

#[aggregate]
impl Account {
    /// No receiver: this command creates an account. `save` takes it, `update` does not.
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    /// `&self`: this command needs an account that exists. `update` takes it, `save` does not.
    #[command_handler]
    fn deposit(&self, command: Deposit) -> MoneyDeposited {
        MoneyDeposited { amount: command.amount }
    }

    #[command_handler]
    fn withdraw(&self, command: Withdraw) -> Result<MoneyWithdrawn, InsufficientFunds> {
        self.balance.checked_sub(command.amount.into()).ok_or(InsufficientFunds(self.balance))?;
        Ok(MoneyWithdrawn { amount: command.amount })
    }

    /// No receiver: this event starts the state.
    #[event_handler]
    fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0 }
    }

    /// `&mut self`: this event changes it.
    #[event_handler]
    fn deposited(&mut self, event: &MoneyDeposited) {
        self.balance += u64::from(event.amount);
    }

    #[event_handler]
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.balance -= u64::from(event.amount);
    }
}
