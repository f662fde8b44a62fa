//! es-entity: a repository derived by `EsRepo`, with the two tables that its documentation asks for.

use std::sync::Arc;

use es_entity::{
    EntityEvents, EntityEventsBuilder, EntityHydrationError, EsEntity, EsEvent, EsRepo, FromCaller,
    IntoEvents, TryFromEvents, errlanes,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pool;
use crate::contender::{Contender, Failed, Held, Run};
use crate::domain::{Deposit, OWNER, Tally};
use crate::place::Place;

es_entity::entity_id! { AccountId }

#[derive(EsEvent, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[es_event(id = "AccountId")]
pub(crate) enum AccountEvent {
    Opened { id: AccountId, owner: String },
    Deposited { amount: u64, number: u64, note: String },
}

#[derive(EsEntity)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    tally: Tally,
    events: EntityEvents<AccountEvent>,
}

impl Account {
    fn deposit(&mut self) {
        let Deposit { amount, number, note } = Deposit::after(self.tally.deposits);
        self.tally.add(amount, number);
        self.events.push(AccountEvent::Deposited { amount, number, note });
    }
}

impl TryFromEvents<AccountEvent> for Account {
    fn try_from_events(events: EntityEvents<AccountEvent>) -> Result<Self, EntityHydrationError> {
        let mut hydrator = Account::hydrator();
        let mut tally = Tally::default();
        for event in events.iter_all() {
            match event {
                AccountEvent::Opened { id, .. } => {
                    hydrator.id(*id);
                }
                AccountEvent::Deposited { amount, number, .. } => tally.add(*amount, *number),
            }
        }
        hydrator.tally(tally);
        hydrator.build(events)
    }
}

pub(crate) struct NewAccount {
    pub(crate) id: AccountId,
    owner: String,
}

impl IntoEvents<AccountEvent> for NewAccount {
    type IdSource = FromCaller;

    fn into_events(
        self,
        builder: EntityEventsBuilder<AccountEvent, FromCaller>,
    ) -> EntityEvents<AccountEvent> {
        let NewAccount { id, owner } = self;
        builder.initial_events(id, [AccountEvent::Opened { id, owner }])
    }
}

#[derive(EsRepo, Clone)]
#[es_repo(entity = "Account", id(source = "caller"))]
pub(crate) struct Accounts {
    pool: sqlx::PgPool,
}

const SCHEMA: &str = include_str!("../../migrations/0001_es_entity.sql");

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        let pool = pool::postgres(&place).await?;
        if place.fresh {
            sqlx::raw_sql(SCHEMA).execute(&pool).await.map_err(Failed::other)?;
        }
        Ok(Arc::new(Accounts { pool }) as Arc<dyn Contender>)
    })
}

impl Accounts {
    async fn open_account(&self, account: Uuid) -> Result<Account, Failed> {
        let new = NewAccount { id: account.into(), owner: OWNER.to_owned() };
        self.create(new).await.map_err(Failed::other)
    }

    async fn store(&self, account: &mut Account) -> Result<(), Failed> {
        match self.update(account).await {
            Ok(_) => Ok(()),
            // It has lost a race.
            Err(error) if error.is_transient() => Err(Failed::Conflict),
            Err(error) => Err(Failed::other(error)),
        }
    }
}

impl Contender for Accounts {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move { self.open_account(account).await.map(drop) })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let mut account =
                self.find_by_id(AccountId::from(account)).await.map_err(Failed::other)?;
            account.deposit();
            self.store(&mut account).await
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            let account =
                self.maybe_find_by_id(AccountId::from(account)).await.map_err(Failed::other)?;
            Ok(account.map(|account| account.tally))
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            let account = self.open_account(account).await?;
            Ok(Box::new(HeldAccount { accounts: self.clone(), account }) as _)
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
    accounts: Accounts,
    account: Account,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            for _ in 0..events {
                self.account.deposit();
            }
            self.accounts.store(&mut self.account).await
        })
    }
}
