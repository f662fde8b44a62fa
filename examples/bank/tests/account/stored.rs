//! The account in a store, for the account with macros and for the one without.

use es_core::{
    AggregateRepository, CommandDecodeError, CommandSet, Failure, MemoryEventStore, RepositoryError,
};

use super::domain::*;
use super::number::AccountNumber;
use super::{AccountCommand, AccountCommandError};

fn accounts() -> AggregateRepository<Account> {
    AggregateRepository::new(MemoryEventStore::new())
}

fn number() -> AccountNumber {
    "DE-10001".parse().unwrap()
}

#[tokio::test]
async fn an_account_is_found_as_its_commands_left_it() {
    let accounts = accounts();
    accounts.save_as(number(), OpenAccount { owner: "Ada".into() }).await.unwrap();
    accounts.update(&number(), Deposit { amount: 70 }).await.unwrap();
    accounts.update(&number(), Withdraw { amount: 30 }).await.unwrap();
    let refused = accounts.update(&number(), Withdraw { amount: 41 }).await;
    assert!(matches!(refused, Err(RepositoryError::Rejected(Refused::Overdraft(40)))));
    let account = accounts.find(&number()).await.unwrap();
    assert_eq!((account.balance, account.version().get()), (40, 3));
}

#[tokio::test]
async fn what_is_stored_has_its_names_and_its_shape() {
    let accounts = accounts();
    accounts.save_as(number(), OpenAccount { owner: "Ada".into() }).await.unwrap();
    accounts.update(&number(), Deposit { amount: 70 }).await.unwrap();
    let history = accounts.history(&number()).await.unwrap().collect().await.unwrap();
    let stored: Vec<_> = history
        .iter()
        .map(|event| (event.stored_type(), event.schema_version(), event.json()))
        .collect();
    assert_eq!(
        stored,
        [("AccountOpened", 1, r#"{"owner":"Ada"}"#), ("MoneyDeposited", 1, r#"{"amount":70}"#)]
    );
}

#[tokio::test]
async fn a_command_that_comes_by_name_finds_its_handler() {
    let accounts = accounts();
    let read = |name: &str, json: &str| AccountCommand::decode(name, json.as_bytes());
    accounts.dispatch(&number(), read("OpenAccount", r#"{"owner":"Ada"}"#).unwrap()).await.unwrap();
    accounts.dispatch(&number(), read("Deposit", r#"{"amount":5}"#).unwrap()).await.unwrap();

    let refused = accounts.dispatch(&number(), read("Withdraw", r#"{"amount":6}"#).unwrap()).await;
    assert!(matches!(
        refused,
        Err(RepositoryError::Rejected(AccountCommandError::Withdraw(Refused::Overdraft(5))))
    ));
    let again =
        accounts.dispatch(&number(), read("OpenAccount", r#"{"owner":"Bela"}"#).unwrap()).await;
    assert!(matches!(again, Err(RepositoryError::Failed(Failure::AlreadyExists { .. }))));
    assert!(matches!(read("Rob", "{}"), Err(CommandDecodeError::UnknownType { .. })));
    assert!(matches!(read("Deposit", "{}"), Err(CommandDecodeError::Malformed { .. })));
}
