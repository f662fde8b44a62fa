//! esrs: `AggregateManager` on a `PgStore`.

use std::convert::Infallible;
use std::sync::Arc;

use esrs::manager::AggregateManager;
use esrs::store::EventStore;
use esrs::store::postgres::{PgStore, PgStoreBuilder, PgStoreError};
use esrs::{Aggregate, AggregateState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pool;
use crate::contender::{Contender, Failed, Held, Run};
use crate::domain::{Deposit, OWNER, Tally};
use crate::place::Place;

enum AccountCommand {
    Open { owner: String },
    Deposit,
}

#[derive(Serialize, Deserialize)]
enum AccountEvent {
    Opened { owner: String },
    Deposited(Deposit),
}

struct Account;

impl Aggregate for Account {
    const NAME: &'static str = "account";
    type State = Tally;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Infallible;

    fn handle_command(
        state: &Tally,
        command: AccountCommand,
    ) -> Result<Vec<AccountEvent>, Infallible> {
        Ok(match command {
            AccountCommand::Open { owner } => vec![AccountEvent::Opened { owner }],
            AccountCommand::Deposit => {
                vec![AccountEvent::Deposited(Deposit::after(state.deposits))]
            }
        })
    }

    fn apply_event(mut state: Tally, event: AccountEvent) -> Tally {
        if let AccountEvent::Deposited(event) = event {
            state.add(event.amount, event.number);
        }
        state
    }
}

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        let pool = pool::postgres(&place).await?;
        let mut builder = PgStoreBuilder::new(pool.clone());
        if !place.fresh {
            builder = builder.without_running_migrations();
        }
        let store: PgStore<Account> = builder.try_build().await.map_err(Failed::other)?;
        let manager = AggregateManager::new(store.clone());
        Ok(Arc::new(Accounts { pool, store, manager }) as Arc<dyn Contender>)
    })
}

struct Accounts {
    pool: sqlx::PgPool,
    store: PgStore<Account>,
    manager: AggregateManager<PgStore<Account>>,
}

impl Contender for Accounts {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let command = AccountCommand::Open { owner: OWNER.to_owned() };
            let state = AggregateState::with_id(account);
            let handled = self.manager.handle_command(state, command).await.map_err(failed)?;
            handled.map_err(Failed::other).map(drop)
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let state = self.manager.load(account).await.map_err(failed)?;
            let state = state.ok_or_else(|| Failed::other("no such account"))?;
            let handled = self.manager.handle_command(state, AccountCommand::Deposit).await;
            handled.map_err(failed)?.map_err(Failed::other).map(drop)
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            let state = self.manager.load(account).await.map_err(failed)?;
            Ok(state.map(AggregateState::into_inner))
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let mut state = AggregateState::<Tally>::with_id(account);
            // The opening.
            state.next_sequence_number();
            Ok(Box::new(HeldAccount { store: self.store.clone(), state, deposits: 0 }) as _)
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
    store: PgStore<Account>,
    state: AggregateState<Tally>,
    deposits: u64,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let deposit = |n| AccountEvent::Deposited(Deposit::after(self.deposits + n));
            let deposits = (0..events).map(deposit).collect();
            self.store.persist(&mut self.state, deposits).await.map_err(failed)?;
            self.deposits += events;
            Ok(())
        })
    }
}

fn failed(error: PgStoreError) -> Failed {
    match error {
        PgStoreError::Sqlx(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Failed::Conflict
        }
        error => Failed::other(error),
    }
}
