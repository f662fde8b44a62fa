//! This library: `es-sqlx` through `AggregateRepository`.

use std::sync::Arc;

use es_core::prelude::*;
use es_core::store::Append;
use es_core::{EventId, Timestamp};
use es_sqlx::{SqlxEventStore, SqlxEventStoreBuilder};
use uuid::Uuid;

use crate::contender::{Contender, Failed, Held, Run};
use crate::database::Database;
use crate::domain::{self, OWNER, Tally};
use crate::place::Place;

/// More than a measurement makes.
const CACHED: usize = 1_000_000;

#[derive(Command)]
pub(crate) struct OpenAccount {
    owner: String,
}

#[derive(Command)]
pub(crate) struct MakeDeposit;

#[derive(Serialize, Deserialize, Event)]
pub(crate) struct AccountOpened {
    #[allow(dead_code, reason = "it is stored and read to cost what that costs")]
    owner: String,
}

#[derive(Serialize, Deserialize, Event)]
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

#[derive(Clone)]
pub(crate) struct Account {
    tally: Tally,
}

#[aggregate]
impl Account {
    #[command_handler]
    fn open(command: OpenAccount) -> AccountOpened {
        AccountOpened { owner: command.owner }
    }

    #[command_handler]
    fn deposit(&self, _: &MakeDeposit) -> Deposited {
        Deposited::after(self.tally.deposits)
    }

    #[event_handler]
    fn opened(_: AccountOpened) -> Self {
        Account { tally: Tally::default() }
    }

    #[event_handler]
    fn deposited(&mut self, event: &Deposited) {
        self.tally.add(event.amount, event.number);
    }
}

/// As it is by default.
pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(contender(SqlxEventStore::builder(), place, 0))
}

/// With the states of all accounts at hand.
pub(crate) fn open_with_cache(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(contender(SqlxEventStore::builder(), place, CACHED))
}

/// With a commit for each append.
pub(crate) fn open_without_group_commit(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(contender(SqlxEventStore::builder().group_commit(false), place, 0))
}

async fn contender(
    builder: SqlxEventStoreBuilder,
    place: Place,
    cached: usize,
) -> Result<Arc<dyn Contender>, Failed> {
    let store = connect(builder, &place).await?;
    let accounts = AggregateRepository::new(store.clone()).cache(cached);
    Ok(Arc::new(Ours { store, accounts }))
}

/// With as many connections as the place gives.
pub(crate) async fn connect(
    builder: SqlxEventStoreBuilder,
    place: &Place,
) -> Result<SqlxEventStore, Failed> {
    // On SQLite it has one more, which writes.
    let connections = match place.database {
        Database::Sqlite => place.connections - 1,
        Database::Postgres | Database::MariaDb => place.connections,
    };
    builder.max_connections(connections).connect(&place.url).await.map_err(Failed::other)
}

struct Ours {
    store: SqlxEventStore,
    accounts: AggregateRepository<Account>,
}

impl Contender for Ours {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let command = OpenAccount { owner: OWNER.to_owned() };
            self.accounts.save_as(account.into(), command).await.map_err(Failed::other).map(drop)
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            match self.accounts.update(&account.into(), MakeDeposit).await {
                Ok(_) => Ok(()),
                Err(Failure::Conflict { .. }) => Err(Failed::Conflict),
                Err(error) => Err(Failed::other(error)),
            }
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move {
            match self.accounts.find(&account.into()).await {
                Ok(account) => Ok(Some(account.into_state().tally)),
                Err(Failure::NotFound { .. }) => Ok(None),
                Err(error) => Err(Failed::other(error)),
            }
        })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let store = self.store.clone();
            Ok(Box::new(HeldAccount { store, account: account.to_string(), deposits: 0 }) as _)
        })
    }

    fn close(&self) -> Run<'_> {
        // Its connections end with its last handle.
        Box::pin(async { Ok(()) })
    }
}

/// The store's own append, below the repository.
struct HeldAccount {
    store: SqlxEventStore,
    account: String,
    deposits: u64,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let expected = Version::new(self.deposits + 1);
            let account = self.account.clone();
            let mut append = Append::new(Account::TYPE, account, expected, Timestamp::now());
            for number in 0..events {
                let event = Deposited::after(self.deposits + number);
                append.push(EventId::new(), &event).map_err(Failed::other)?;
            }
            self.store.append(append).await.map_err(Failed::other)?;
            self.deposits += events;
            Ok(())
        })
    }
}
