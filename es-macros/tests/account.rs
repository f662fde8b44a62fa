//! The account of `examples/expanded`, with macros.
#![allow(missing_docs, unreachable_pub)]

use es_core::prelude::*;

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct OpenAccount {
    owner: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Deposit {
    amount: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize, Command)]
pub struct Withdraw {
    amount: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct AccountOpened {
    owner: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
pub struct Deposited {
    amount: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(type = "MoneyWithdrawn", alias = "Debited", alias = "Taken")]
pub struct Withdrawn {
    amount: u64,
}

#[derive(Debug)]
pub struct Account {
    owner: String,
    balance: u64,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("only {balance} in the account")]
pub struct InsufficientFunds {
    balance: u64,
}

#[aggregate(commands = AccountCommand)]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn deposit(&self, command: Deposit) -> Deposited {
        Deposited { amount: command.amount }
    }

    #[command_handler]
    fn withdraw(&self, command: &Withdraw) -> Result<Withdrawn, InsufficientFunds> {
        if command.amount > self.balance {
            return Err(InsufficientFunds { balance: self.balance });
        }
        Ok(Withdrawn { amount: command.amount })
    }

    #[event_handler]
    fn opened(event: AccountOpened) -> Self {
        Account { owner: event.owner, balance: 0 }
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

#[tokio::test]
async fn an_account_is_opened_and_used() {
    let accounts = AggregateRepository::<Account>::new(MemoryEventStore::new());
    let opened = accounts.save(OpenAccount { owner: "Ada".to_owned() }).await.unwrap();
    accounts.update(opened.id(), Deposit { amount: 50 }).await.unwrap();
    let account = accounts.update(opened.id(), Withdraw { amount: 20 }).await.unwrap();
    assert_eq!((account.owner.as_str(), account.balance), ("Ada", 30));

    let refused = accounts.update(opened.id(), Withdraw { amount: 31 }).await;
    let Err(RepositoryError::Rejected(InsufficientFunds { balance: 30 })) = refused else {
        panic!("{refused:?}");
    };
}

#[tokio::test]
async fn commands_are_dispatched_by_name() {
    use es_core::CommandSet;

    let command = AccountCommand::decode("OpenAccount", br#"{"owner":"Ada"}"#).unwrap();
    assert_eq!(command.command_type(), "OpenAccount");
    let unknown = AccountCommand::decode("Close", b"{}").err().unwrap();
    assert_eq!(
        unknown.to_string(),
        "unknown command `Close`; known are OpenAccount, Deposit, Withdraw"
    );
}

#[test]
fn the_event_enum_has_what_its_events_have() {
    let event = AccountEvent::from(Deposited { amount: 1 });
    assert_eq!(event.clone(), event);
    assert_eq!(format!("{event:?}"), "Deposited { amount: 1 }");
    assert_eq!(Withdrawn::ALIASES, ["Debited", "Taken"]);
}

#[test]
fn the_error_enum_has_what_its_errors_have() {
    let error = AccountCommandError::Withdraw(InsufficientFunds { balance: 3 });
    let error: Box<dyn std::error::Error> = Box::new(error);
    assert_eq!(error.to_string(), "only 3 in the account");
}
