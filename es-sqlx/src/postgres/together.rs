use std::sync::Arc;

use es_core::store::StoreError;
use futures_core::future::BoxFuture;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{Either, Executor, PgConnection, Row, ValueRef};
use tokio::time::timeout;

use super::Connections;
use super::bare;
use super::statements::Statements;
use crate::gather::{Found, MAX_BYTES, MAX_EVENTS, ReadTogether, Stream};

/// Reads streams that are asked for at the same time.
pub(super) struct Streams {
    connections: Connections,
    statements: Arc<Statements>,
}

impl Streams {
    pub(super) fn new(connections: Connections, statements: Arc<Statements>) -> Self {
        Streams { connections, statements }
    }

    async fn read(&self, streams: &[Stream]) -> Result<Vec<Found<Vec<PgRow>>>, StoreError> {
        let limits = self.connections.limits();
        let mut lease = self.connections.acquire().await?;
        let reading = rows(&mut lease, &self.statements, streams);
        let read = timeout(limits.patience(), reading).await;
        let read = read.unwrap_or_else(|_| Err(limits.silence()));
        match read.map_err(|error| limits.error(error)) {
            // The connection is read to the end by itself before it is used again.
            Ok(cut) if cut.len() < streams.len() => {
                let left = streams.len() - cut.len();
                Ok(cut.into_iter().chain((0..left).map(|_| Found::Large)).collect())
            }
            read => lease.settle(read),
        }
    }
}

impl ReadTogether for Streams {
    type Read = Vec<PgRow>;

    fn read<'a>(
        &'a self,
        streams: &'a [Stream],
    ) -> BoxFuture<'a, Result<Vec<Found<Vec<PgRow>>>, StoreError>> {
        Box::pin(self.read(streams))
    }
}

/// The rows of each stream; of the first ones, where all have too many bytes.
async fn rows(
    connection: &mut PgConnection,
    statements: &Statements,
    streams: &[Stream],
) -> Result<Vec<Found<Vec<PgRow>>>, sqlx::Error> {
    let query = sqlx::query(statements.bare_streams.sql())
        .bind(streams.iter().map(|stream| &*stream.entity_type).bind_iter())
        .bind(streams.iter().map(|stream| &*stream.entity_id).bind_iter())
        .bind(MAX_EVENTS.cast_signed());
    let mut rows = connection.fetch_many(query);
    let mut found: Vec<Found<Vec<PgRow>>> = Vec::with_capacity(streams.len());
    let mut bytes = 0;
    while let Some(step) = rows.try_next().await? {
        let Either::Right(row) = step else { continue };
        if row.try_get_raw(0)?.is_null() {
            let head = bare::head(&row);
            let is_short = head.is_some_and(|head| head.version.get() <= MAX_EVENTS);
            found.push(if is_short { Found::Read(vec![row]) } else { Found::Long });
            continue;
        }
        bytes += row.try_get_raw(2)?.as_bytes().map_or(0, <[u8]>::len);
        if bytes > MAX_BYTES {
            // The last one isn't there whole.
            found.pop();
            break;
        }
        if let Some(Found::Read(rows)) = found.last_mut() {
            rows.push(row);
        }
    }
    Ok(found)
}
