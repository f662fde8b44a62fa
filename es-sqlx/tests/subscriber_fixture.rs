//! The given/when/then fixture for subscribers, on a database: a view is rows, which the test reads.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, reason = "the names say it all")]

use std::time::Duration;

use es_core::RetryPolicy;
use es_core::prelude::*;
use es_core::subscription::HandlerError;
use es_core::testing::{SubscriberScenario, subscriber_on};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt, sqlx};

#[derive(Serialize, Deserialize, Event)]
pub struct Opened {}

#[derive(Serialize, Deserialize, Event)]
pub struct Deposited {
    amount: i64,
}

pub struct Account;

#[aggregate]
impl Account {
    #[event_handler]
    fn opened(_: Opened) -> Self {
        Account
    }

    #[event_handler]
    fn deposited(&mut self, _: Deposited) {}
}

/// The money in each account. There is none that isn't positive.
struct Balances;

#[event_subscriber(id = "balances", on_failure = park)]
impl Balances {
    #[event_handler]
    async fn deposited(
        &self,
        cx: EventHandlerContext<'_, Deposited>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let add = "INSERT INTO balances VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET balance = balance + ?2";
        let query = sqlx::query(add).bind(cx.entity_id()).bind(cx.event().amount);
        query
            .execute(tx.sqlite().map_err(HandlerError::permanent)?)
            .await
            .map_err(HandlerError::new)?;
        Ok(())
    }
}

async fn store() -> SqlxEventStore {
    let store = SqlxEventStore::in_memory().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let table =
        "CREATE TABLE balances (account TEXT PRIMARY KEY, balance INTEGER CHECK (balance > 0))";
    sqlx::query(table).execute(tx.sqlite().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn balance(store: &SqlxEventStore, account: Id<Account>) -> Option<i64> {
    let mut tx = store.begin().await.unwrap();
    let query = sqlx::query_scalar("SELECT balance FROM balances WHERE account = ?");
    let connection = tx.sqlite().unwrap();
    query.bind(account.to_string()).fetch_optional(connection).await.unwrap()
}

fn balances(store: &SqlxEventStore) -> SubscriberScenario<Balances> {
    let short = Duration::from_millis(1);
    let retry = RetryPolicy::attempts(2).backoff(short, short);
    subscriber_on(store.clone(), |_| Balances).options(Balances::OPTIONS.retry(retry))
}

#[tokio::test]
async fn rows_are_asserted_by_a_query_of_the_test() {
    let (store, account) = (store().await, Id::<Account>::new());
    balances(&store)
        .given(&account, Opened {})
        .when(&account, [Deposited { amount: 30 }, Deposited { amount: 12 }])
        .await
        .then_nothing();
    assert_eq!(balance(&store, account).await, Some(42));
}

#[tokio::test]
async fn a_redelivery_does_not_double_what_is_written_in_the_transaction() {
    let (store, account) = (store().await, Id::<Account>::new());
    balances(&store)
        .given(&account, Opened {})
        .when(&account, [Deposited { amount: 30 }, Deposited { amount: 12 }])
        .redelivered()
        .await
        .then_attempts(4)
        .then_nothing();
    assert_eq!(balance(&store, account).await, Some(42));
}

#[tokio::test]
async fn a_statement_that_the_database_refuses_is_parked() {
    let (store, account) = (store().await, Id::<Account>::new());
    balances(&store)
        .when(
            &account,
            [Deposited { amount: 30 }, Deposited { amount: -30 }, Deposited { amount: 1 }],
        )
        .await
        .then_parked(&account, [Deposited { amount: -30 }, Deposited { amount: 1 }])
        .then_nothing_else();
    assert_eq!(balance(&store, account).await, Some(30));
}

#[tokio::test]
#[should_panic = "parked after 2 attempts: error returned from database: (code: 275) CHECK constraint failed: balance > 0"]
async fn a_statement_that_the_database_refuses_is_told() {
    let (store, account) = (store().await, Id::<Account>::new());
    balances(&store).when(&account, [Deposited { amount: -1 }]).await.then_nothing();
}
