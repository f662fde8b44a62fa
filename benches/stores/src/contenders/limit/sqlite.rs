use std::sync::Arc;

use es_sqlx::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use es_sqlx::sqlx::{self, ConnectOptions, Connection, Row, SqliteConnection};
use uuid::Uuid;

use super::{DEPOSITED, ENTITY_TYPE, OPENED, deposit, deposits, failed, fold, opened};
use crate::contender::{Contender, Failed, Held, Run};
use crate::domain::Tally;
use crate::lanes::Lanes;
use crate::place::Place;

const SCHEMA: &str = "
CREATE TABLE events (
  position       INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id       BLOB    NOT NULL,
  event_type     TEXT    NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  event_data     TEXT    NOT NULL,
  entity_type    TEXT    NOT NULL,
  entity_id      TEXT    NOT NULL,
  entity_version INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  UNIQUE (entity_type, entity_id, entity_version)
) STRICT";

const APPEND: &str = "
INSERT INTO events (event_id, event_type, event_data, entity_type, entity_id, entity_version,
                    created_at)
VALUES ";

const LOAD: &str = "
SELECT event_type, event_data FROM events
 WHERE entity_type = ? AND entity_id = ?
 ORDER BY entity_version";

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        let options: SqliteConnectOptions = place.url.parse().map_err(failed)?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut writer = options.connect().await.map_err(failed)?;
        if place.fresh {
            sqlx::raw_sql(SCHEMA).execute(&mut writer).await.map_err(failed)?;
        }
        let mut readers = Vec::new();
        for _ in 1..place.connections {
            readers.push(options.connect().await.map_err(failed)?);
        }
        let (writer, readers) = (Lanes::new(vec![writer]), Lanes::new(readers));
        Ok(Arc::new(Limit(Arc::new(Connections { writer, readers }))) as Arc<dyn Contender>)
    })
}

struct Limit(Arc<Connections>);

/// SQLite has one writer at a time. Those who stand in line for it here needn't poll for the lock of the file.
struct Connections {
    writer: Lanes<SqliteConnection>,
    readers: Lanes<SqliteConnection>,
}

impl Contender for Limit {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            append(
                &mut *self.0.writer.take().await,
                &account.to_string(),
                OPENED,
                0,
                vec![opened()],
            )
            .await
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let account = account.to_string();
            let deposits = deposits(load(&mut *self.0.readers.take().await, &account).await?)?;
            let data = vec![deposit(deposits)?];
            append(&mut *self.0.writer.take().await, &account, DEPOSITED, deposits + 1, data).await
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move { load(&mut *self.0.readers.take().await, &account.to_string()).await })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let connections = Arc::clone(&self.0);
            Ok(Box::new(HeldAccount { connections, account: account.to_string(), deposits: 0 })
                as _)
        })
    }

    fn close(&self) -> Run<'_> {
        Box::pin(async move {
            for connection in self.0.readers.drain().into_iter().chain(self.0.writer.drain()) {
                connection.close().await.map_err(failed)?;
            }
            Ok(())
        })
    }
}

struct HeldAccount {
    connections: Arc<Connections>,
    account: String,
    deposits: u64,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let mut connection = self.connections.writer.take().await;
            let data: Result<Vec<_>, _> = (0..events).map(|n| deposit(self.deposits + n)).collect();
            append(&mut connection, &self.account, DEPOSITED, self.deposits + 1, data?).await?;
            self.deposits += events;
            Ok(())
        })
    }
}

async fn append(
    connection: &mut SqliteConnection,
    account: &str,
    event_type: &'static str,
    after: u64,
    data: Vec<String>,
) -> Result<(), Failed> {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_micros() as i64);
    let rows = vec!["(?, ?, ?, ?, ?, ?, ?)"; data.len()].join(", ");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("{APPEND}{rows}")));
    for (version, data) in (after + 1..).zip(data) {
        query = query
            .bind(Uuid::now_v7())
            .bind(event_type)
            .bind(data)
            .bind(ENTITY_TYPE)
            .bind(account)
            .bind(version.cast_signed())
            .bind(now);
    }
    query.execute(connection).await.map_err(failed).map(drop)
}

async fn load(connection: &mut SqliteConnection, account: &str) -> Result<Option<Tally>, Failed> {
    // Faster here than to take each row as it comes.
    let rows = sqlx::query(LOAD).bind(ENTITY_TYPE).bind(account).fetch_all(connection).await;
    let mut tally = None;
    for row in rows.map_err(failed)? {
        let (event_type, data) = columns(&row).map_err(failed)?;
        fold(&mut tally, event_type, data.as_bytes())?;
    }
    Ok(tally)
}

fn columns(row: &SqliteRow) -> Result<(&str, &str), sqlx::Error> {
    Ok((row.try_get(0)?, row.try_get(1)?))
}
