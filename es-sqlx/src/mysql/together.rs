use std::sync::Arc;

use es_core::store::{StoreError, StreamHead, StreamQuery, Visitor};
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};

use super::connections::Connections;
use super::error;
use super::load::{bare, malformed};
use crate::gather::{Found, MAX_BYTES, MAX_EVENTS, MAX_STREAMS, ReadTogether, Stream};
use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// The statement that reads streams together, of [`MAX_STREAMS`] however many there are, so that it is prepared once.
pub(super) fn statement(prefix: &TablePrefix) -> Statement {
    let streams = ["(h.entity_type = ? AND h.entity_id = ?)"; MAX_STREAMS].join(" OR ");
    let template = include_str!("statements/bare_streams.sql").replace("{streams}", &streams);
    Statement::new(prefix, &template)
}

/// Reads streams that are asked for at the same time.
pub(super) struct Streams(pub(super) Arc<Connections>);

/// The events of a stream, one in each row.
pub(super) struct Short {
    head: StreamHead,
    rows: Vec<MySqlRow>,
}

impl Short {
    pub(super) fn show(
        &self,
        query: &StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        for (version, row) in (1..).zip(&self.rows) {
            let event = bare::event(row, COLUMN, version, query);
            let event = event.ok_or_else(|| malformed(query, version))?;
            if visit.event(event).is_break() {
                break;
            }
        }
        Ok(self.head)
    }

    fn is_whole(&self) -> bool {
        self.rows.len() as u64 == self.head.version.get()
    }
}

/// Where a row's event begins.
const COLUMN: usize = 4;

impl ReadTogether for Streams {
    type Read = Short;

    async fn read(&self, streams: &[Stream]) -> Result<Vec<Found<Short>>, StoreError> {
        let connections = &self.0;
        let read = async {
            let mut lease =
                connections.lease(&[&connections.statements.bare_streams], false).await?;
            let read = read(&mut lease, connections, streams).await;
            match &read {
                Ok(Read { to_the_end: true, .. }) => lease.give_back(),
                // The rest of it may be on its way. sqlx takes it before it uses the connection again.
                Ok(_) => lease.trust(),
                Err(error) if error::is_lost(error) => lease.give_up(),
                Err(_) => {}
            }
            read
        };
        let Read { found, to_the_end } =
            read.await.map_err(|error| connections.limits.error(error))?;
        let settle = |short: Option<Short>| match short {
            Some(short) if short.is_whole() => Found::Read(short),
            // It is long, or isn't there, or something is wrong with it.
            _ if to_the_end => Found::Long,
            _ => Found::Large,
        };
        Ok(found.into_iter().map(settle).collect())
    }
}

struct Read {
    /// Of each stream that has events.
    found: Vec<Option<Short>>,
    to_the_end: bool,
}

async fn read(
    connection: &mut MySqlConnection,
    connections: &Connections,
    streams: &[Stream],
) -> Result<Read, sqlx::Error> {
    let last = streams.last().into_iter().cycle();
    let mut query = sqlx::query(connections.statements.bare_streams.sql()).bind(MAX_EVENTS);
    for Stream { entity_type, entity_id } in streams.iter().chain(last).take(MAX_STREAMS) {
        query = query.bind(entity_type.as_bytes()).bind(entity_id.as_bytes());
    }
    let mut rows = query.fetch(connection);
    let mut found: Vec<Option<Short>> = streams.iter().map(|_| None).collect();
    let mut bytes = 0;
    while let Some(row) = error::next(connections.limits.answer(), &mut rows).await? {
        bytes += row.try_get_unchecked::<&[u8], _>(COLUMN + 2)?.len();
        if bytes > MAX_BYTES {
            return Ok(Read { found, to_the_end: false });
        }
        let entity_type: &[u8] = row.try_get_unchecked(0)?;
        let entity_id: &[u8] = row.try_get_unchecked(1)?;
        let is_it = |stream: &Stream| {
            stream.entity_id.as_bytes() == entity_id && stream.entity_type.as_bytes() == entity_type
        };
        let Some(n) = streams.iter().position(is_it) else { continue };
        let head = bare::head(&row, 2);
        let version: u64 = row.try_get(3)?;
        match (&mut found[n], head) {
            (Some(short), _) if version == short.rows.len() as u64 + 1 => short.rows.push(row),
            (none @ None, Some(head)) if version == 1 => {
                *none = Some(Short { head, rows: vec![row] });
            }
            // Then it isn't whole in the end.
            _ => {}
        }
    }
    Ok(Read { found, to_the_end: true })
}
