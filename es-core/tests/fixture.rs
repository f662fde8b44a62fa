//! The given/when/then fixture passes where it should, and fails where it should.

mod common;

use common::*;
use es_core::testing::{Given, given, given_nothing};

fn account_with(amount: u64) -> Given<Account> {
    given((AccountOpened { owner: "Ada".into() }, Deposited { amount }))
}

#[test]
fn expected_events_and_the_state_after_them_pass() {
    account_with(100)
        .when(Withdraw { amount: 30 })
        .then(Withdrawn { amount: 30 })
        .then_state(|account| assert_eq!(account.balance, 70));
    given_nothing::<Account>()
        .when(OpenAccount { owner: "Ada".into() })
        .then(AccountOpened { owner: "Ada".into() });
    account_with(100).when(Deposit { amount: 0 }).then_nothing();
    account_with(100).then_state(|account| assert_eq!(account.balance, 100));
}

#[test]
fn an_expected_error_passes() {
    account_with(100).when(Withdraw { amount: 130 }).then_error(InsufficientFunds(100));
    account_with(100)
        .when(Withdraw { amount: 130 })
        .then_rejected(|error| assert_eq!(error.0, 100));
}

#[tokio::test]
async fn a_handler_can_be_awaited() {
    account_with(100).when(Withdraw { amount: 30 }).await.then(Withdrawn { amount: 30 });
}

#[test]
#[should_panic = "expected the events\n  MoneyWithdrawn {\"amount\":31}\nbut there are\n  MoneyWithdrawn {\"amount\":30}"]
fn an_event_with_another_value_fails() {
    account_with(100).when(Withdraw { amount: 30 }).then(Withdrawn { amount: 31 });
}

#[test]
#[should_panic = "expected the events\n  Deposited {\"amount\":30}\nbut there are\n  MoneyWithdrawn {\"amount\":30}"]
fn another_event_with_the_same_json_fails() {
    account_with(100).when(Withdraw { amount: 30 }).then(Deposited { amount: 30 });
}

#[test]
#[should_panic = "but there are\n  none"]
fn a_missing_event_fails() {
    account_with(100).when(Deposit { amount: 0 }).then(Deposited { amount: 0 });
}

#[test]
#[should_panic = "expected the events\n  none"]
fn an_event_too_many_fails() {
    account_with(100).when(Deposit { amount: 1 }).then_nothing();
}

#[test]
#[should_panic = "the command was refused"]
fn a_rejection_in_place_of_events_fails() {
    account_with(100).when(Withdraw { amount: 101 }).then(Withdrawn { amount: 101 });
}

#[test]
#[should_panic = "expected an error, but there are the events\n  MoneyWithdrawn"]
fn events_in_place_of_a_rejection_fail() {
    account_with(100).when(Withdraw { amount: 100 }).then_error(InsufficientFunds(100));
}

#[test]
#[should_panic = "expected the error\n  InsufficientFunds(7)\nbut it is\n  InsufficientFunds(100)"]
fn another_error_fails() {
    account_with(100).when(Withdraw { amount: 101 }).then_error(InsufficientFunds(7));
}

#[test]
#[should_panic = "`Deposited` can't be the first event of `bank.Account`"]
fn a_history_that_does_not_start_the_state_fails() {
    given::<Account>(Deposited { amount: 1 }).then_state(|_| ());
}

#[test]
#[should_panic = "is `given_nothing()`"]
fn a_history_without_events_fails() {
    given::<Account>(()).then_state(|_| ());
}

#[tokio::test]
#[should_panic = "nobody looked at what the command led to"]
async fn an_outcome_that_nobody_looks_at_fails() {
    let _ = account_with(100).when(Deposit { amount: 1 }).await;
}
