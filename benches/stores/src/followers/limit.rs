//! Pages read by hand: after the last number that was seen, and again after a millisecond where there was nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use es_sqlx::sqlx::{self, Connection, MySqlConnection, PgConnection, Row, SqliteConnection};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::contender::{Failed, Run};
use crate::contenders::limit::DEPOSITED;
use crate::database::Database;
use crate::domain::Deposit;
use crate::follower::{Follower, Seen};
use crate::place::Place;

const PAGE: usize = 1_000;

const PAUSE: Duration = Duration::from_millis(1);

const SQLITE: &str = "
SELECT position, event_type, event_data, entity_id FROM events
 WHERE position > ? ORDER BY position LIMIT 1000";

const POSTGRES: &str = "
SELECT seq, event_type, event_data, entity_id FROM events
 WHERE seq > $1 ORDER BY seq LIMIT 1000";

const MYSQL: &str = "
SELECT seq, event_type, event_data, entity_id FROM events
 WHERE seq > ? ORDER BY seq LIMIT 1000";

/// Expands to the same loop for each database, whose connections are of different types.
macro_rules! read {
    ($connection:ident, $page:ident, $stop:ident, $seen:ident) => {{
        let mut last = 0_i64;
        while !$stop.load(Ordering::SeqCst) {
            let rows = sqlx::query($page).bind(last).fetch_all(&mut $connection).await;
            let rows = rows.map_err(Failed::other)?;
            for row in &rows {
                last = row.try_get_unchecked(0).map_err(Failed::other)?;
                let event_type: &str = row.try_get_unchecked(1).map_err(Failed::other)?;
                let data: &str = row.try_get_unchecked(2).map_err(Failed::other)?;
                let account: &str = row.try_get_unchecked(3).map_err(Failed::other)?;
                if event_type == DEPOSITED {
                    let event: Deposit = serde_json::from_str(data).map_err(Failed::other)?;
                    let account: Uuid = account.parse().map_err(Failed::other)?;
                    $seen.see(account, event.number);
                }
            }
            if rows.len() < PAGE {
                tokio::time::sleep(PAUSE).await;
            }
        }
        $connection.close().await.map_err(Failed::other)
    }};
}

pub(super) fn open(place: Place) -> Run<'static, Box<dyn Follower>> {
    Box::pin(async move {
        let url = &place.url;
        let connection = match place.database {
            Database::Sqlite => SqliteConnection::connect(url).await.map(Connected::Sqlite),
            Database::Postgres => PgConnection::connect(url).await.map(Connected::Postgres),
            Database::MariaDb => MySqlConnection::connect(url).await.map(Connected::MySql),
        };
        let connection = Some(connection.map_err(Failed::other)?);
        let pages = Pages { connection, stop: Arc::default(), running: None };
        Ok(Box::new(pages) as Box<dyn Follower>)
    })
}

enum Connected {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    MySql(MySqlConnection),
}

struct Pages {
    /// Until it starts.
    connection: Option<Connected>,
    stop: Arc<AtomicBool>,
    running: Option<JoinHandle<Result<(), Failed>>>,
}

impl Follower for Pages {
    fn start(&mut self, seen: Arc<Seen>) -> Run<'_> {
        Box::pin(async move {
            let stop = Arc::clone(&self.stop);
            self.running = self.connection.take().map(|connection| match connection {
                Connected::Sqlite(mut connection) => {
                    tokio::spawn(async move { read!(connection, SQLITE, stop, seen) })
                }
                Connected::Postgres(mut connection) => {
                    tokio::spawn(async move { read!(connection, POSTGRES, stop, seen) })
                }
                Connected::MySql(mut connection) => {
                    tokio::spawn(async move { read!(connection, MYSQL, stop, seen) })
                }
            });
            Ok(())
        })
    }

    fn stop(self: Box<Self>) -> Run<'static> {
        Box::pin(async move {
            self.stop.store(true, Ordering::SeqCst);
            match self.running {
                Some(running) => running.await.map_err(Failed::other)?,
                None => Ok(()),
            }
        })
    }
}
