//! cqrs-es with postgres-es, mysql-es and sqlite-es: `CqrsFramework` on the event store without snapshots, as the
//! functions `postgres_cqrs`, `mysql_cqrs` and `sqlite_cqrs` make it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use cqrs_es::event_sink::EventSink;
use cqrs_es::persist::{EventStoreAggregateContext, PersistedEventRepository, PersistedEventStore};
use cqrs_es::{Aggregate, AggregateError, CqrsFramework, DomainEvent, EventStore};
use futures_util::future::BoxFuture;
use mysql_es::MysqlEventRepository;
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlite_es::SqliteEventRepository;
use uuid::Uuid;

use super::pool;
use crate::contender::{Contender, Failed, Held, Run};
use crate::database::Database;
use crate::domain::{Deposit, OWNER, Tally};
use crate::place::Place;

enum AccountCommand {
    Open { owner: String },
    Deposit,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum AccountEvent {
    Opened { owner: String },
    Deposited(Deposit),
}

impl DomainEvent for AccountEvent {
    fn event_type(&self) -> String {
        match self {
            AccountEvent::Opened { .. } => "Opened".to_owned(),
            AccountEvent::Deposited(_) => "Deposited".to_owned(),
        }
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Account {
    is_open: bool,
    tally: Tally,
}

impl Aggregate for Account {
    const TYPE: &'static str = "Account";
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Infallible> {
        let event = match command {
            AccountCommand::Open { owner } => AccountEvent::Opened { owner },
            AccountCommand::Deposit => AccountEvent::Deposited(Deposit::after(self.tally.deposits)),
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::Opened { .. } => self.is_open = true,
            AccountEvent::Deposited(event) => self.tally.add(event.amount, event.number),
        }
    }
}

/// The table of postgres-es, from its `db/init.sql`.
const POSTGRES: &str = "
CREATE TABLE events (
  aggregate_type text NOT NULL,
  aggregate_id   text NOT NULL,
  sequence       bigint NOT NULL CHECK (sequence >= 0),
  event_type     text NOT NULL,
  event_version  text NOT NULL,
  payload        json NOT NULL,
  metadata       json NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

/// The table of mysql-es, from its `db/init.sql`, with `NOT NULL` where MariaDB takes it.
const MYSQL: &str = "
CREATE TABLE events (
  aggregate_type varchar(255) NOT NULL,
  aggregate_id   varchar(255) NOT NULL,
  sequence       bigint NOT NULL CHECK (sequence >= 0),
  event_type     text NOT NULL,
  event_version  text NOT NULL,
  payload        json NOT NULL,
  metadata       json NOT NULL,
  CONSTRAINT events_pk PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

/// The table of sqlite-es, from its migration.
const SQLITE: &str = "
CREATE TABLE events (
  aggregate_type text NOT NULL,
  aggregate_id   text NOT NULL,
  sequence       integer CHECK (sequence >= 0) NOT NULL,
  event_type     text NOT NULL,
  event_version  text NOT NULL,
  payload        text NOT NULL,
  metadata       text NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, sequence)
) STRICT";

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        Ok(match place.database {
            Database::Sqlite => {
                let pool = pool::sqlite(&place).await?;
                if place.fresh {
                    sqlx::raw_sql(SQLITE).execute(&pool).await.map_err(Failed::other)?;
                }
                let close = pool.clone();
                Arc::new(Accounts::new(
                    || SqliteEventRepository::new(pool.clone()),
                    move || {
                        let pool = close.clone();
                        Box::pin(async move { pool.close().await })
                    },
                )) as Arc<dyn Contender>
            }
            Database::Postgres => {
                let pool = pool::postgres(&place).await?;
                if place.fresh {
                    sqlx::raw_sql(POSTGRES).execute(&pool).await.map_err(Failed::other)?;
                }
                let close = pool.clone();
                Arc::new(Accounts::new(
                    || PostgresEventRepository::new(pool.clone()),
                    move || {
                        let pool = close.clone();
                        Box::pin(async move { pool.close().await })
                    },
                ))
            }
            Database::MariaDb => {
                let pool = pool::mysql(&place).await?;
                if place.fresh {
                    sqlx::raw_sql(MYSQL).execute(&pool).await.map_err(Failed::other)?;
                }
                let close = pool.clone();
                Arc::new(Accounts::new(
                    || MysqlEventRepository::new(pool.clone()),
                    move || {
                        let pool = close.clone();
                        Box::pin(async move { pool.close().await })
                    },
                ))
            }
        })
    })
}

type Store<R> = PersistedEventStore<R, Account>;

struct Accounts<R: PersistedEventRepository> {
    framework: CqrsFramework<Account, Store<R>>,
    /// The framework keeps its store to itself.
    store: Arc<Store<R>>,
    close: Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>,
}

impl<R: PersistedEventRepository> Accounts<R> {
    fn new(
        repository: impl Fn() -> R,
        close: impl Fn() -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        let store = || PersistedEventStore::new_event_store(repository());
        let framework = CqrsFramework::new(store(), vec![], ());
        Accounts { framework, store: Arc::new(store()), close: Box::new(close) }
    }
}

impl<R: PersistedEventRepository + 'static> Contender for Accounts<R> {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let command = AccountCommand::Open { owner: OWNER.to_owned() };
            self.framework.execute(&account.to_string(), command).await.map_err(failed)
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let account = account.to_string();
            self.framework.execute(&account, AccountCommand::Deposit).await.map_err(failed)
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            let context = self.store.load_aggregate(&account.to_string()).await.map_err(failed)?;
            Ok(context.aggregate.is_open.then_some(context.aggregate.tally))
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let store = Arc::clone(&self.store);
            Ok(Box::new(HeldAccount { store, account: account.to_string(), deposits: 0 }) as _)
        })
    }

    fn close(&self) -> Run<'_> {
        Box::pin(async {
            (self.close)().await;
            Ok(())
        })
    }
}

struct HeldAccount<R: PersistedEventRepository> {
    store: Arc<Store<R>>,
    account: String,
    deposits: u64,
}

impl<R: PersistedEventRepository> Held for HeldAccount<R> {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let deposit = |n| AccountEvent::Deposited(Deposit::after(self.deposits + n));
            let context = EventStoreAggregateContext {
                aggregate_id: self.account.clone(),
                aggregate: Account::default(),
                current_sequence: self.deposits as usize + 1,
                current_snapshot: None,
            };
            let deposits = (0..events).map(deposit).collect();
            self.store.commit(deposits, context, HashMap::new()).await.map_err(failed)?;
            self.deposits += events;
            Ok(())
        })
    }
}

fn failed(error: AggregateError<Infallible>) -> Failed {
    match error {
        AggregateError::AggregateConflict => Failed::Conflict,
        error => Failed::other(error),
    }
}
