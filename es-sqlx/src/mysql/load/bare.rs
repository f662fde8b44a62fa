//! Whole streams for those who fold them, and ask for no more of each event than that takes: each column that isn't sent
//! makes a load faster. Versions aren't read but counted, and their number is compared with the head's at the end.

use es_core::store::{RawEvent, StreamHead, StreamQuery};
use es_core::{EventId, Timestamp, Version};
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};
use uuid::Uuid;

use super::{Columns, Failure, Reader, first_row, malformed};

impl Reader<'_, '_> {
    /// `None` if there are no events.
    pub(super) async fn bare_stream(
        &mut self,
        connection: &mut MySqlConnection,
    ) -> Result<Option<StreamHead>, Failure> {
        let (entity_type, entity_id) = (self.query.entity_type, self.query.entity_id);
        let mut rows = sqlx::query(self.server.statements.bare_stream.sql())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .bind(entity_type.as_bytes())
            .bind(entity_id.as_bytes())
            .fetch(connection);
        let Some(first) = first_row(self.server.limits, &mut rows).await? else { return Ok(None) };
        let head = head(&first, 0).ok_or_else(|| malformed(&self.query, self.next))?;
        self.last = head.version.get();
        if self.show(&first, Columns::Bare, head)?.is_continue() {
            self.rest(&mut rows, Columns::Bare, head).await?;
        }
        Ok(Some(head))
    }
}

/// `None` where a value has a form that is never written.
pub(in crate::mysql) fn head(row: &MySqlRow, column: usize) -> Option<StreamHead> {
    let head: u64 = row.try_get(column).ok()?;
    let version = Version::new(head / 2);
    Some(StreamHead { version, deleted: head % 2 == 1, ..StreamHead::NONE })
}

/// The event from this column on. `None` where a value has a form that is never written.
pub(in crate::mysql) fn event<'r>(
    row: &'r MySqlRow,
    column: usize,
    version: u64,
    query: &StreamQuery<'r>,
) -> Option<RawEvent<'r>> {
    let schema_version: u64 = row.try_get(column).ok()?;
    Some(RawEvent {
        entity_type: query.entity_type,
        entity_id: query.entity_id,
        version: Version::new(version),
        event_id: EventId::from(Uuid::nil()),
        event_type: str::from_utf8(row.try_get_unchecked(column + 1).ok()?).ok()?,
        schema_version: u32::try_from(schema_version).ok()?,
        data: row.try_get_unchecked(column + 2).ok()?,
        metadata: None,
        triggering_event: None,
        recorded_at: Timestamp::UNIX_EPOCH,
    })
}
