//! evento: `subscribe` with a handler for each event. It takes up to 1,000 events each 300 ms; by default it takes 300.

use std::sync::Arc;

use evento::{AggregatorName, EventDetails, Executor, SubscriptionHandle};
use futures_util::future::BoxFuture;
use ulid::Ulid;
use uuid::Uuid;

use crate::contender::{Failed, Run};
use crate::contenders::evento::{Account, Deposited, Opened};
use crate::contenders::pool;
use crate::database::Database;
use crate::follower::{Follower, Seen};
use crate::place::Place;

/// How many events it takes in one go.
const CHUNK: u16 = 1_000;

#[evento::handler(Account)]
async fn on_deposited<E: Executor>(
    context: &evento::Context<'_, E>,
    event: EventDetails<Deposited>,
) -> anyhow::Result<()> {
    let account = Ulid::from_string(&event.aggregator_id)?;
    context.extract::<Arc<Seen>>().see(Uuid::from_u128(account.0), event.data.number);
    Ok(())
}

pub(super) fn open(place: Place) -> Run<'static, Box<dyn Follower>> {
    Box::pin(async move {
        Ok(match place.database {
            Database::Sqlite => {
                let pool = pool::sqlite(&place).await?;
                let executor = evento::Sqlite::from(pool.clone());
                follower(executor, Box::pin(async move { pool.close().await }))
            }
            Database::Postgres => {
                let pool = pool::postgres(&place).await?;
                let executor = evento::Postgres::from(pool.clone());
                follower(executor, Box::pin(async move { pool.close().await }))
            }
            Database::MariaDb => {
                let pool = pool::mysql(&place).await?;
                let executor = evento::MySql::from(pool.clone());
                follower(executor, Box::pin(async move { pool.close().await }))
            }
        })
    })
}

fn follower<E: Executor + Clone>(executor: E, close: BoxFuture<'static, ()>) -> Box<dyn Follower> {
    Box::new(Subscription { executor, close, handle: None })
}

struct Subscription<E> {
    executor: E,
    close: BoxFuture<'static, ()>,
    handle: Option<SubscriptionHandle>,
}

impl<E: Executor + Clone> Follower for Subscription<E> {
    fn start(&mut self, seen: Arc<Seen>) -> Run<'_> {
        Box::pin(async move {
            let subscription = evento::subscribe("reader")
                .chunk_size(CHUNK)
                .data(seen)
                .handler(on_deposited())
                .skip::<Account, Opened>()
                .run(&self.executor);
            self.handle = Some(subscription.await.map_err(Failed::other)?);
            Ok(())
        })
    }

    fn stop(self: Box<Self>) -> Run<'static> {
        Box::pin(async move {
            if let Some(handle) = self.handle {
                handle.shutdown_and_wait().await.map_err(Failed::other)?;
            }
            self.close.await;
            Ok(())
        })
    }
}
