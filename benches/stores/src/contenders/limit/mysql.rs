use std::sync::Arc;

use es_sqlx::sqlx::mysql::MySqlRow;
use es_sqlx::sqlx::{self, ConnectOptions, Connection, MySqlConnection, Row};
use futures_util::TryStreamExt;
use uuid::Uuid;

use super::{DEPOSITED, ENTITY_TYPE, OPENED, deposit, deposits, failed, fold, opened};
use crate::contender::{Contender, Failed, Held, Run};
use crate::domain::Tally;
use crate::lanes::Lanes;
use crate::place::Place;

const SCHEMA: &str = "
CREATE TABLE events (
  seq            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  event_id       BINARY(16)      NOT NULL,
  event_type     VARBINARY(255)  NOT NULL,
  schema_version INT UNSIGNED    NOT NULL DEFAULT 1,
  event_data     LONGTEXT        NOT NULL,
  entity_type    VARBINARY(100)  NOT NULL,
  entity_id      VARBINARY(255)  NOT NULL,
  entity_version BIGINT UNSIGNED NOT NULL,
  created_at     DATETIME(6)     NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  UNIQUE KEY stream (entity_type, entity_id, entity_version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

const APPEND: &str = "
INSERT INTO events (event_id, event_type, event_data, entity_type, entity_id, entity_version)
VALUES ";

const LOAD: &str = "
SELECT event_type, event_data FROM events
 WHERE entity_type = ? AND entity_id = ?
 ORDER BY entity_version";

pub(crate) fn open(place: Place) -> Run<'static, Arc<dyn Contender>> {
    Box::pin(async move {
        let options: sqlx::mysql::MySqlConnectOptions = place.url.parse().map_err(failed)?;
        let mut connections = Vec::new();
        for _ in 0..place.connections {
            let connection = options.connect().await.map_err(failed)?;
            connections.push(connection);
        }
        if place.fresh {
            sqlx::raw_sql(SCHEMA).execute(&mut connections[0]).await.map_err(failed)?;
        }
        Ok(Arc::new(Limit(Arc::new(Lanes::new(connections)))) as Arc<dyn Contender>)
    })
}

struct Limit(Arc<Lanes<MySqlConnection>>);

impl Contender for Limit {
    fn save(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            append(&mut *self.0.take().await, &account.to_string(), OPENED, 0, vec![opened()]).await
        })
    }

    fn update(&self, account: Uuid) -> Run<'_> {
        Box::pin(async move {
            let account = account.to_string();
            let mut connection = self.0.take().await;
            let deposits = deposits(load(&mut connection, &account).await?)?;
            let data = vec![deposit(deposits)?];
            append(&mut connection, &account, DEPOSITED, deposits + 1, data).await
        })
    }

    fn load(&self, account: Uuid) -> Run<'_, Option<Tally>> {
        Box::pin(async move { load(&mut *self.0.take().await, &account.to_string()).await })
    }

    fn hold(&self, account: Uuid) -> Run<'_, Box<dyn Held>> {
        Box::pin(async move {
            self.save(account).await?;
            let lanes = Arc::clone(&self.0);
            Ok(Box::new(HeldAccount { lanes, account: account.to_string(), deposits: 0 }) as _)
        })
    }

    fn close(&self) -> Run<'_> {
        Box::pin(async move {
            for connection in self.0.drain() {
                connection.close().await.map_err(failed)?;
            }
            Ok(())
        })
    }
}

struct HeldAccount {
    lanes: Arc<Lanes<MySqlConnection>>,
    account: String,
    deposits: u64,
}

impl Held for HeldAccount {
    fn append(&mut self, events: u64) -> Run<'_> {
        Box::pin(async move {
            let mut connection = self.lanes.take().await;
            let data: Result<Vec<_>, _> = (0..events).map(|n| deposit(self.deposits + n)).collect();
            append(&mut connection, &self.account, DEPOSITED, self.deposits + 1, data?).await?;
            self.deposits += events;
            Ok(())
        })
    }
}

async fn append(
    connection: &mut MySqlConnection,
    account: &str,
    event_type: &'static str,
    after: u64,
    data: Vec<String>,
) -> Result<(), Failed> {
    let rows = vec!["(?, ?, ?, ?, ?, ?)"; data.len()].join(", ");
    let mut query = sqlx::query(sqlx::AssertSqlSafe(format!("{APPEND}{rows}")));
    for (version, data) in (after + 1..).zip(data) {
        query = query
            .bind(Uuid::now_v7())
            .bind(event_type)
            .bind(data)
            .bind(ENTITY_TYPE)
            .bind(account)
            .bind(version);
    }
    query.execute(connection).await.map_err(failed).map(drop)
}

async fn load(connection: &mut MySqlConnection, account: &str) -> Result<Option<Tally>, Failed> {
    let mut rows = sqlx::query(LOAD).bind(ENTITY_TYPE).bind(account).fetch(connection);
    let mut tally = None;
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let (event_type, data) = columns(&row).map_err(failed)?;
        fold(&mut tally, event_type, data)?;
    }
    Ok(tally)
}

fn columns(row: &MySqlRow) -> Result<(&str, &[u8]), sqlx::Error> {
    let event_type = std::str::from_utf8(row.try_get(0)?).unwrap_or_default();
    Ok((event_type, row.try_get_unchecked(1)?))
}
