//! disintegrate with disintegrate-postgres: decisions made by its `DecisionMaker`, without snapshots, events as JSON.

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use disintegrate::serde::json::Json;
use disintegrate::{
    BoxDynError, Decision, Event, EventSourcedStateStore, EventStore, LoadState, LoadedState,
    NoSnapshot, StateMutate, StateQuery, StreamQuery,
};
use disintegrate_postgres::{PgDecisionMaker, PgEventId, PgEventStore};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pool;
use crate::contender::{Contender, Failed, Held, Run};
use crate::domain::{Deposit, OWNER, Tally};
use crate::place::Place;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[stream(AccountStream, [Opened, Deposited])]
pub(crate) enum AccountEvent {
    Opened {
        #[id]
        account: Uuid,
        owner: String,
    },
    Deposited {
        #[id]
        account: Uuid,
        amount: u64,
        number: u64,
        note: String,
    },
}

impl AccountEvent {
    fn deposited(account: Uuid, deposits: u64) -> Self {
        let Deposit { amount, number, note } = Deposit::after(deposits);
        AccountEvent::Deposited { account, amount, number, note }
    }
}

#[derive(Debug, Default, Clone, Serialize, Deserialize, StateQuery)]
#[state_query(AccountEvent)]
struct Account {
    #[id]
    account: Uuid,
    is_open: bool,
    tally: Tally,
}

impl Account {
    fn of(account: Uuid) -> Self {
        Account { account, ..Account::default() }
    }
}

impl StateMutate for Account {
    fn mutate(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { .. } => self.is_open = true,
            AccountEvent::Deposited { amount, number, .. } => self.tally.add(amount, number),
        }
    }
}

struct OpenAccount(Uuid);

impl Decision for OpenAccount {
    type Event = AccountEvent;
    type StateQuery = Account;
    type Error = Infallible;

    fn state_query(&self) -> Account {
        Account::of(self.0)
    }

    fn process(&self, _: &Account) -> Result<Vec<AccountEvent>, Infallible> {
        Ok(vec![AccountEvent::Opened { account: self.0, owner: OWNER.to_owned() }])
    }
}

struct MakeDeposit(Uuid);

impl Decision for MakeDeposit {
    type Event = AccountEvent;
    type StateQuery = Account;
    type Error = Infallible;

    fn state_query(&self) -> Account {
        Account::of(self.0)
    }

    fn process(&self, account: &Account) -> Result<Vec<AccountEvent>, Infallible> {
        Ok(vec![AccountEvent::deposited(self.0, account.tally.deposits)])
    }
}

pub(crate) type Store = PgEventStore<AccountEvent, Json<AccountEvent>>;

const SCHEMA: &str = include_str!("disintegrate.sql");

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        let pool = pool::postgres(&place).await?;
        if place.fresh {
            sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(Failed::other)?;
        }
        let store = PgEventStore::new_uninitialized(pool.clone(), Json::default());
        let decisions = disintegrate_postgres::decision_maker(store.clone(), NoSnapshot);
        Ok(Arc::new(Accounts { pool, store, decisions }) as Arc<dyn Contender>)
    })
}

struct Accounts {
    pool: sqlx::PgPool,
    store: Store,
    decisions: PgDecisionMaker<AccountEvent, Json<AccountEvent>, NoSnapshot>,
}

impl Contender for Accounts {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            self.decisions.make(OpenAccount(account)).await.map_err(refused).map(drop)
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            self.decisions.make(MakeDeposit(account)).await.map_err(refused).map(drop)
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            let states = EventSourcedStateStore::new(self.store.clone(), NoSnapshot);
            let loaded: LoadedState<PgEventId, Account> =
                LoadState::<PgEventId, Account, AccountEvent>::load(&states, Account::of(account))
                    .await
                    .map_err(failed)?;
            let account = loaded.state();
            Ok(account.is_open.then(|| account.tally.clone()))
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            let opened = self.decisions.make(OpenAccount(account)).await.map_err(refused)?;
            let last = opened.last().map_or(0, |event| event.id());
            let query = Account::of(account).query();
            Ok(Box::new(HeldAccount {
                store: self.store.clone(),
                account,
                query,
                last,
                deposits: 0,
            }) as _)
        })
    }

    fn close(&self) -> Run<'_> {
        Box::pin(async move {
            self.pool.close().await;
            Ok(())
        })
    }
}

struct HeldAccount {
    store: Store,
    account: Uuid,
    query: StreamQuery<PgEventId, AccountEvent>,
    /// The id of the account's last event.
    last: PgEventId,
    deposits: u64,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let deposit = |n| AccountEvent::deposited(self.account, self.deposits + n);
            let deposits = (0..events).map(deposit).collect();
            let stored = self.store.append(deposits, self.query.clone(), self.last).await;
            let stored = stored.map_err(|error| failed(Box::new(error)))?;
            self.last = stored.last().map_or(self.last, |event| event.id());
            self.deposits += events;
            Ok(())
        })
    }
}

fn refused(error: disintegrate::DecisionError<Infallible>) -> Failed {
    use disintegrate::DecisionError::{Domain, EventStore, StateStore};
    match error {
        EventStore(error) | StateStore(error) => failed(error),
        Domain(error) => Failed::other(error),
    }
}

/// Its transactions are serializable, and the database may refuse any statement of them.
fn failed(error: BoxDynError) -> Failed {
    use disintegrate_postgres::Error as PgError;
    match error.downcast_ref::<PgError>() {
        Some(PgError::Concurrency) => Failed::Conflict,
        Some(PgError::Database(sqlx::Error::Database(database)))
            if database.code().is_some_and(|code| code == "40001") =>
        {
            Failed::Conflict
        }
        _ => Failed::other(error as Box<dyn Error + Send + Sync>),
    }
}
