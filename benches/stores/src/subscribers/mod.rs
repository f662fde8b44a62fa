//! What subscribers cost: this library beside pages that are read and handled by SQL written by hand, and beside itself.

mod by_hand;
mod catch_up;
mod latency;
mod sequencer;
mod view;

use std::time::Instant;

use es_core::prelude::*;
use es_core::subscription::Subscriptions;
use es_sqlx::SqlxEventStore;

pub(crate) use self::catch_up::grow;
pub(crate) use self::latency::append_slowly;
use crate::compared::Compared;
use crate::contender::Failed;
use crate::database::{Database, Server};
use crate::lifecycle::{Counter, counted, fill};
use crate::options::Options;

/// How many entities the events are of.
const ENTITIES: u64 = 100;

/// How often each is measured that takes long.
const REPETITIONS: usize = 3;

/// Measures them on a database.
pub(crate) async fn race(database: Database, options: &Options) -> Result<Vec<Compared>, Failed> {
    let server = Server::find(database, &options.folder, options.private_servers)?;
    let mut compared = Vec::new();
    if database != Database::Sqlite {
        let url = server.create().await?;
        compared.extend(sequencer::measure(database, &url, options).await?);
        server.remove(&url).await?;
    }
    let url = server.create().await?;
    let store = SqlxEventStore::connect(&url).await.map_err(Failed::other)?;
    let events = options.backlog();
    for _ in 0..ENTITIES {
        fill::<Counter, _>(&store, &Id::new(), 0..events / ENTITIES, counted).await?;
        // As if there were readers. What positions cost where there are none is measured by itself.
        store.feed_end().await.map_err(Failed::other)?;
    }
    compared.push(catch_up::measure(database, &store, &url, events).await?);
    compared.push(catch_up::measure_memory(database, &url, events).await?);
    compared.push(view::measure(database, &store, &url).await?);
    compared.push(latency::in_one_process(database, &store).await?);
    compared.push(latency::across_processes(database, &store, &url).await?);
    drop(store);
    server.remove(&url).await?;
    Ok(compared)
}

/// Microseconds until a subscriber has handled all that there is.
async fn until_caught_up(subscriptions: Subscriptions, id: &'static str) -> Result<f64, Failed> {
    let control = subscriptions.control();
    let start = Instant::now();
    let caught_up = async move {
        let _ = control.caught_up(id).await;
    };
    subscriptions.run(caught_up).await.map_err(Failed::other)?;
    Ok(start.elapsed().as_secs_f64() * 1e6)
}
