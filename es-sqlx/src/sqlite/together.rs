use std::sync::Arc;

use es_core::Version;
use es_core::store::{StoreError, StreamHead, StreamQuery, Visitor};

use super::Connections;
use super::error::Limits;
use super::load::{malformed, missing};
use super::page::{Entry, Page};
use super::statements::Statements;
use crate::gather::{Found, MAX_EVENTS, MAX_STREAMS, ReadTogether, Stream};
use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// The statement that reads streams together, of [`MAX_STREAMS`] however many there are, so that it is prepared once.
pub(super) fn statement(prefix: &TablePrefix) -> Statement {
    let stream = |n: usize| format!("(?{}, ?{})", 2 * n + 2, 2 * n + 3);
    let streams: Vec<_> = (0..MAX_STREAMS).map(stream).collect();
    let template = include_str!("statements/bare_streams.sql");
    Statement::new(prefix, &template.replace("{streams}", &streams.join(", ")))
}

/// Reads streams that are asked for at the same time.
pub(super) struct Streams {
    pub(super) readers: Connections,
    pub(super) statements: Arc<Statements>,
    pub(super) limits: Limits,
}

/// A stream, and its events as a page.
pub(super) struct Short {
    head: StreamHead,
    page: Vec<u8>,
}

impl Short {
    pub(super) fn show(
        &self,
        query: &StreamQuery<'_>,
        visit: &mut Visitor<'_>,
    ) -> Result<StreamHead, StoreError> {
        let mut page = Page::new(&self.page);
        for version in 1..=self.head.version.get() {
            match page.next_bare(version) {
                Ok(Some(Entry::Event(record))) => {
                    if visit.event(record.event(query.entity_type, query.entity_id)).is_break() {
                        break;
                    }
                }
                Ok(None) => return Err(missing(query, version)),
                Ok(Some(Entry::Large(_))) | Err(_) => return Err(malformed(query, version)),
            }
        }
        Ok(self.head)
    }
}

impl ReadTogether for Streams {
    type Read = Short;

    async fn read(&self, streams: &[Stream]) -> Result<Vec<Found<Short>>, StoreError> {
        let mut query =
            sqlx::query_scalar(self.statements.bare_streams.sql()).bind(MAX_EVENTS.cast_signed());
        for n in 0..MAX_STREAMS {
            let stream = streams.get(n);
            query = query
                .bind(stream.map(|stream| &*stream.entity_type))
                .bind(stream.map(|stream| &*stream.entity_id));
        }
        let mut reader = self.readers.acquire().await?;
        let text: Result<Option<Vec<u8>>, _> = query.fetch_one(&mut *reader).await;
        reader.give_back();
        let text = text.map_err(|error| self.limits.error(error))?.unwrap_or_default();
        let mut rest = Page::new(&text);
        Ok(streams.iter().map(|_| found(&mut rest).unwrap_or(Found::Long)).collect())
    }
}

/// `None` where a value has a form that is never written.
fn found(rest: &mut Page<'_>) -> Option<Found<Short>> {
    let (version, deleted, page) = rest.stream()?;
    if page.is_empty() {
        return Some(Found::Long);
    }
    let head = StreamHead { version: Version::new(version), deleted, ..StreamHead::NONE };
    Some(Found::Read(Short { head, page: page.to_vec() }))
}
