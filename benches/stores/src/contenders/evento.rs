//! evento: `create_with`, `load` and `save_with`. It stores a snapshot with every commit, and can't be told not to.

use std::sync::Arc;

use evento::migrator::{Migrate, Plan};
use evento::{AggregatorName, EventDetails, Executor, LoadResult, ReadError, WriteError};
use futures_util::future::BoxFuture;
use ulid::Ulid;
use uuid::Uuid;

use super::pool;
use crate::contender::{Contender, Failed, Held, Run};
use crate::database::Database;
use crate::domain::{self, OWNER, Tally};
use crate::place::Place;

#[derive(AggregatorName, bincode::Encode, bincode::Decode)]
pub(crate) struct Opened {
    owner: String,
}

#[derive(AggregatorName, bincode::Encode, bincode::Decode)]
pub(crate) struct Deposited {
    amount: u64,
    pub(crate) number: u64,
    note: String,
}

impl Deposited {
    fn after(deposits: u64) -> Self {
        let domain::Deposit { amount, number, note } = domain::Deposit::after(deposits);
        Deposited { amount, number, note }
    }
}

#[derive(
    Debug, Default, Clone, serde::Serialize, serde::Deserialize, bincode::Encode, bincode::Decode,
)]
pub(crate) struct Account {
    balance: u64,
    deposits: u64,
    disorder: bool,
}

#[evento::aggregator]
impl Account {
    async fn opened(&mut self, _: EventDetails<Opened>) -> anyhow::Result<()> {
        Ok(())
    }

    async fn deposited(&mut self, event: EventDetails<Deposited>) -> anyhow::Result<()> {
        let mut tally = self.tally();
        tally.add(event.data.amount, event.data.number);
        let Tally { balance, deposits, disorder } = tally;
        *self = Account { balance, deposits, disorder };
        Ok(())
    }
}

impl Account {
    fn tally(&self) -> Tally {
        let Account { balance, deposits, disorder } = *self;
        Tally { balance, deposits, disorder }
    }
}

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move { connect(place).await.map_err(Failed::other) })
}

macro_rules! executor {
    ($pool:expr, $database:ty, $executor:ty, $fresh:expr) => {{
        let pool = $pool;
        if $fresh {
            let migrator = evento::sql_migrator::new::<$database>()?;
            migrator.run(&mut *pool.acquire().await?, &Plan::apply_all()).await?;
        }
        let executor = <$executor>::from(pool.clone());
        let forget = {
            let pool = pool.clone();
            move || -> BoxFuture<'static, Result<(), sqlx::Error>> {
                let pool = pool.clone();
                Box::pin(async move {
                    sqlx::query("DELETE FROM snapshot").execute(&pool).await.map(drop)
                })
            }
        };
        let close = move || -> BoxFuture<'static, ()> {
            let pool = pool.clone();
            Box::pin(async move { pool.close().await })
        };
        Arc::new(Accounts {
            executor: Arc::new(executor),
            forget: Box::new(forget),
            close: Box::new(close),
        }) as Arc<dyn Contender>
    }};
}

async fn connect(place: Place) -> anyhow::Result<Arc<dyn Contender>> {
    let fresh = place.fresh;
    Ok(match place.database {
        Database::Sqlite => {
            executor!(pool::sqlite(&place).await?, sqlx::Sqlite, evento::Sqlite, fresh)
        }
        Database::Postgres => {
            executor!(pool::postgres(&place).await?, sqlx::Postgres, evento::Postgres, fresh)
        }
        Database::MariaDb => {
            executor!(pool::mysql(&place).await?, sqlx::MySql, evento::MySql, fresh)
        }
    })
}

type Later<T> = Box<dyn Fn() -> BoxFuture<'static, T> + Send + Sync>;

struct Accounts<E> {
    executor: Arc<E>,
    forget: Later<Result<(), sqlx::Error>>,
    close: Later<()>,
}

impl<E: Executor> Contender for Accounts<E> {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let opening = evento::create_with::<Account>(id(account))
                .data(&Opened { owner: OWNER.to_owned() })
                .map_err(Failed::other)?;
            opening.commit(&*self.executor).await.map_err(failed).map(drop)
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let account: LoadResult<Account> =
                evento::load(&*self.executor, id(account)).await.map_err(Failed::other)?;
            let event = Deposited::after(account.item.deposits);
            let saving = evento::save_with(account).data(&event).map_err(Failed::other)?;
            saving.commit(&*self.executor).await.map_err(failed).map(drop)
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            match evento::load::<Account, _>(&*self.executor, id(account)).await {
                Ok(account) => Ok(Some(account.item.tally())),
                Err(ReadError::NotFound(..)) => Ok(None),
                Err(error) => Err(Failed::other(error)),
            }
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let executor = Arc::clone(&self.executor);
            let held = HeldAccount { executor, account: id(account), state: Account::default() };
            Ok(Box::new(held) as _)
        })
    }

    fn forget_snapshots(&self) -> Run<'_> {
        Box::pin(async move { (self.forget)().await.map_err(Failed::other) })
    }

    fn close(&self) -> Run<'_> {
        Box::pin(async move {
            (self.close)().await;
            Ok(())
        })
    }
}

struct HeldAccount<E> {
    executor: Arc<E>,
    account: String,
    state: Account,
}

impl<E: Executor> Held for HeldAccount<E> {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let version = u16::try_from(self.state.deposits + 1).map_err(Failed::other)?;
            let mut saving =
                evento::SaveBuilder::new(Some(self.state.clone()), self.account.clone())
                    .original_version(version);
            let mut tally = self.state.tally();
            for _ in 0..events {
                let event = Deposited::after(tally.deposits);
                tally.add(event.amount, event.number);
                saving = saving.data(&event).map_err(Failed::other)?;
            }
            saving.commit(&*self.executor).await.map_err(failed)?;
            let Tally { balance, deposits, disorder } = tally;
            self.state = Account { balance, deposits, disorder };
            Ok(())
        })
    }
}

/// Its ids have 26 characters.
fn id(account: Uuid) -> String {
    Ulid(account.as_u128()).to_string()
}

fn failed(error: WriteError) -> Failed {
    match error {
        WriteError::InvalidOriginalVersion => Failed::Conflict,
        error => Failed::other(error),
    }
}
