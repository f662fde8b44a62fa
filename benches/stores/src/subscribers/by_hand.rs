//! Pages of events that are read, and handled, by SQL written by hand.

use std::time::Instant;

use sqlx::Row;

use super::view::{BATCH, VIEWED, upsert};
use crate::contender::Failed;
use crate::database::Database;
use crate::lifecycle::Counted;

/// How many events a page has that isn't stored.
pub(super) const PAGE: u32 = 1_000;

/// Expands to the code for each database, whose connections are of different types.
macro_rules! on {
    ($database:expr, $url:expr, |$connection:ident, $numbered:ident| $do:expr) => {{
        use sqlx::Connection;
        match $database {
            Database::Sqlite => {
                let $numbered = "position";
                let opened = sqlx::SqliteConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
            Database::Postgres => {
                let $numbered = "seq";
                let opened = sqlx::PgConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
            Database::MariaDb => {
                let $numbered = "seq";
                let opened = sqlx::MySqlConnection::connect($url).await;
                let mut $connection = opened.map_err(Failed::other)?;
                $do
            }
        }
    }};
}

pub(super) async fn execute(database: Database, url: &str, statement: &str) -> Result<(), Failed> {
    on!(database, url, |connection, _numbered| {
        sqlx::query(statement).execute(&mut connection).await.map(drop).map_err(Failed::other)
    })
}

/// The number after which there are as many events as go into a view.
async fn seen_before(database: Database, url: &str, numbered: &str) -> Result<i64, Failed> {
    let select = format!("SELECT max({numbered}) FROM events");
    on!(database, url, |connection, _numbered| {
        let row = sqlx::query(&select).fetch_one(&mut connection).await.map_err(Failed::other)?;
        let last: i64 = row.try_get_unchecked(0).map_err(Failed::other)?;
        Ok(last - VIEWED as i64)
    })
}

/// Reads all events in pages and decodes them; and, if they are to be stored, writes the view and the progress in one
/// transaction for each page. Microseconds.
pub(super) async fn read(database: Database, url: &str, stores: bool) -> Result<f64, Failed> {
    let start = Instant::now();
    let page = if stores { BATCH } else { PAGE };
    on!(database, url, |connection, numbered| {
        let (first, second) = match database {
            Database::Postgres => ("$1", "$2"),
            Database::Sqlite | Database::MariaDb => ("?", "?"),
        };
        let select = format!(
            "SELECT {numbered}, event_data, entity_id FROM events WHERE {numbered} > {first} ORDER BY {numbered} LIMIT {second}"
        );
        let advance = format!("UPDATE progress SET position = {first}");
        let skipped = if stores { seen_before(database, url, numbered).await? } else { 0 };
        let (mut last, mut amount) = (skipped, 0);
        loop {
            let query = sqlx::query(&select).bind(last).bind(i64::from(page));
            let rows = query.fetch_all(&mut connection).await.map_err(Failed::other)?;
            if rows.is_empty() {
                break;
            }
            let mut transaction = match stores {
                true => Some(connection.begin().await.map_err(Failed::other)?),
                false => None,
            };
            for row in &rows {
                last = row.try_get_unchecked(0).map_err(Failed::other)?;
                let data: &str = row.try_get_unchecked(1).map_err(Failed::other)?;
                let event: Counted = serde_json::from_str(data).map_err(Failed::other)?;
                amount += event.cents;
                if let Some(transaction) = &mut transaction {
                    let id: &str = row.try_get_unchecked(2).map_err(Failed::other)?;
                    let query = sqlx::query(upsert(database)).bind(id).bind(event.cents as i64);
                    query.execute(&mut **transaction).await.map_err(Failed::other)?;
                }
            }
            if let Some(mut transaction) = transaction {
                let query = sqlx::query(&advance).bind(last);
                query.execute(&mut *transaction).await.map_err(Failed::other)?;
                transaction.commit().await.map_err(Failed::other)?;
            }
        }
        std::hint::black_box(amount);
        Ok(start.elapsed().as_secs_f64() * 1e6)
    })
}
