use std::sync::Arc;

use es_core::store::StoreError;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgBindIterExt, PgRow};
use sqlx::{Either, Executor, PgConnection, Row, ValueRef};

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
}

impl ReadTogether for Streams {
    type Read = Vec<PgRow>;

    async fn read(&self, streams: &[Stream]) -> Result<Vec<Found<Vec<PgRow>>>, StoreError> {
        let limits = self.connections.limits();
        let mut lease = self.connections.acquire().await?;
        let read = limits.wait(rows(&mut lease, &self.statements, streams)).await;
        let read = read.map_err(|error| limits.error(error));
        // The rest of one that was cut is read before the connection is used again.
        let is_cut = read.as_ref().is_ok_and(|read| !read.to_the_end);
        let Rows { of_streams, to_the_end } = if is_cut { read } else { lease.settle(read) }?;
        let found = of_streams.into_iter().map(|rows| match rows {
            Some(rows) => Found::Read(rows),
            None if to_the_end => Found::Long,
            None => Found::Large,
        });
        Ok(found.collect())
    }
}

struct Rows {
    /// Those of each short stream that is there, with its head.
    of_streams: Vec<Option<Vec<PgRow>>>,
    to_the_end: bool,
}

async fn rows(
    connection: &mut PgConnection,
    statements: &Statements,
    streams: &[Stream],
) -> Result<Rows, sqlx::Error> {
    let query = sqlx::query(statements.bare_streams.sql())
        .bind(streams.iter().map(|stream| &*stream.entity_type).bind_iter())
        .bind(streams.iter().map(|stream| &*stream.entity_id).bind_iter())
        .bind(MAX_EVENTS.cast_signed());
    let mut rows = connection.fetch_many(query);
    let mut of_streams: Vec<Option<Vec<PgRow>>> = streams.iter().map(|_| None).collect();
    let (mut n, mut bytes) = (None, 0);
    while let Some(step) = rows.try_next().await? {
        let Either::Right(row) = step else { continue };
        if row.try_get_raw(0)?.is_null() {
            let versions = 1..=MAX_EVENTS;
            let is_short =
                bare::head(&row).is_some_and(|head| versions.contains(&head.version.get()));
            n = bare::stream(&row).filter(|_| is_short);
            if let Some(rows) = n.and_then(|n| of_streams.get_mut(n)) {
                *rows = Some(vec![row]);
            }
            continue;
        }
        bytes += row.try_get_raw(2)?.as_bytes().map_or(0, <[u8]>::len);
        let rows = n.and_then(|n| of_streams.get_mut(n));
        if bytes > MAX_BYTES {
            // These aren't whole.
            rows.into_iter().for_each(|rows| *rows = None);
            return Ok(Rows { of_streams, to_the_end: false });
        }
        if let Some(Some(rows)) = rows {
            rows.push(row);
        }
    }
    Ok(Rows { of_streams, to_the_end: true })
}
