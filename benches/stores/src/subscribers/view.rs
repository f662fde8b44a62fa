//! A view that is kept exactly once, beside one that is kept by hand.

use es_core::prelude::*;
use es_core::store::Position;
use es_core::subscription::{HandlerError, Start, SubscriberOptions, Subscriptions};
use es_sqlx::{SqlxEventStore, SqlxTransactionExt, sqlx as own};

use super::{REPETITIONS, by_hand, until_caught_up};
use crate::compared::{Against, Compared, Goal, Unit};
use crate::contender::Failed;
use crate::database::Database;
use crate::lifecycle::Counted;
use crate::options::SUBSCRIBERS;

/// How many events a transaction has.
pub(super) const BATCH: u32 = 256;

/// How many events go into the view.
pub(super) const VIEWED: u64 = 20_000;

struct View(Database);

#[event_subscriber(id = "view")]
impl View {
    #[event_handler]
    async fn counted(
        &self,
        cx: EventHandlerContext<'_, Counted>,
        tx: &mut Transaction,
    ) -> Result<(), HandlerError> {
        let (id, cents) = (cx.entity_id(), cx.event().cents as i64);
        let done = match self.0 {
            Database::Sqlite => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.sqlite().map_err(HandlerError::new)?).await.map(drop)
            }
            Database::Postgres => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.postgres().map_err(HandlerError::new)?).await.map(drop)
            }
            Database::MariaDb => {
                let query = own::query(upsert(self.0)).bind(id).bind(cents);
                query.execute(tx.mysql().map_err(HandlerError::new)?).await.map(drop)
            }
        };
        done.map_err(HandlerError::new)
    }
}

pub(super) const fn upsert(database: Database) -> &'static str {
    match database {
        Database::Sqlite => {
            "INSERT INTO view VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET cents = cents + ?2"
        }
        Database::Postgres => {
            "INSERT INTO view VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET cents = view.cents + $2"
        }
        Database::MariaDb => {
            "INSERT INTO view VALUES (?, ?) ON DUPLICATE KEY UPDATE cents = cents + VALUES(cents)"
        }
    }
}

pub(super) async fn measure(
    database: Database,
    store: &SqlxEventStore,
    url: &str,
) -> Result<Compared, Failed> {
    let view = "CREATE TABLE view (id VARCHAR(64) PRIMARY KEY, cents BIGINT NOT NULL)";
    by_hand::execute(database, url, view).await?;
    let progress = "CREATE TABLE progress (position BIGINT NOT NULL)";
    by_hand::execute(database, url, progress).await?;
    by_hand::execute(database, url, "INSERT INTO progress VALUES (0)").await?;
    let end = store.feed_end().await.map_err(Failed::other)?.get();
    let start = Start::After(Position::new(end.saturating_sub(VIEWED)));
    let (mut kept, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let settings = SubscriberOptions::new().batch(BATCH).start(start);
        let subscriptions =
            Subscriptions::new(store.clone()).subscribe_with(View(database), settings);
        let control = subscriptions.control();
        kept.push(until_caught_up(subscriptions, "view").await?);
        control.remove("view").await.map_err(Failed::other)?;
        limit.push(by_hand::read(database, url, true).await?);
    }
    Ok(Compared {
        database,
        work: SUBSCRIBERS,
        what: "20,000 events into a view, exactly once".to_owned(),
        tasks: 1,
        events: VIEWED,
        unit: Unit::Micros,
        measured: kept,
        against: Some(Against {
            what: "the same in transactions of 256 events by hand".to_owned(),
            measured: limit,
        }),
        // At least half the rate.
        goal: Some(Goal::RatioOfAtMost(2.0)),
    })
}
