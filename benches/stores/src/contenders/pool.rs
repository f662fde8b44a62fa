//! The pools that the published crates are given: sqlx 0.8's, with its defaults but for the size.

use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{MySqlPool, PgPool, SqlitePool};

use crate::contender::Failed;
use crate::place::Place;

pub(crate) async fn postgres(place: &Place) -> Result<PgPool, Failed> {
    let options = PgPoolOptions::new().max_connections(place.connections);
    options.connect(&place.url).await.map_err(Failed::other)
}

pub(crate) async fn mysql(place: &Place) -> Result<MySqlPool, Failed> {
    let options = MySqlPoolOptions::new().max_connections(place.connections);
    options.connect(&place.url).await.map_err(Failed::other)
}

/// With a write-ahead log, and as durable as the others.
pub(crate) async fn sqlite(place: &Place) -> Result<SqlitePool, Failed> {
    let file: SqliteConnectOptions = place.url.parse().map_err(Failed::other)?;
    let file = file
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let options = SqlitePoolOptions::new().max_connections(place.connections);
    options.connect_with(file).await.map_err(Failed::other)
}
