//! The account's rules as scenarios, for the account with macros and for the one without.

use es_core::testing::{Given, given, given_nothing};

use super::domain::*;

fn account_with(amount: u32) -> Given<Account> {
    given((AccountOpened { owner: "Ada".into() }, MoneyDeposited { amount }))
}

fn closed_account() -> Given<Account> {
    given((AccountOpened { owner: "Ada".into() }, AccountClosed {}))
}

#[test]
fn an_account_opens_empty() {
    given_nothing::<Account>()
        .when(OpenAccount { owner: "Ada".into() })
        .then(AccountOpened { owner: "Ada".into() })
        .then_state(|account| assert_eq!((account.balance, account.closed), (0, false)));
}

#[test]
fn a_deposit_adds_to_the_balance() {
    account_with(100)
        .when(Deposit { amount: 50 })
        .then(MoneyDeposited { amount: 50 })
        .then_state(|account| assert_eq!(account.balance, 150));
}

#[test]
fn all_of_the_balance_can_be_withdrawn() {
    account_with(100)
        .when(Withdraw { amount: 100 })
        .then(MoneyWithdrawn { amount: 100 })
        .then_state(|account| assert_eq!(account.balance, 0));
}

#[test]
fn more_than_the_balance_cannot_be_withdrawn() {
    account_with(100).when(Withdraw { amount: 101 }).then_error(Refused::Overdraft(100));
}

#[test]
fn an_empty_account_can_be_closed() {
    account_with(0).when(CloseAccount {}).then(AccountClosed {});
}

#[test]
fn an_account_with_money_in_it_stays_open() {
    account_with(1).when(CloseAccount {}).then_error(Refused::NotEmpty(1));
}

#[test]
fn a_closed_account_takes_no_command() {
    closed_account().when(Deposit { amount: 1 }).then_error(Refused::Closed);
    closed_account().when(Withdraw { amount: 1 }).then_error(Refused::Closed);
    closed_account().when(CloseAccount {}).then_error(Refused::Closed);
}
