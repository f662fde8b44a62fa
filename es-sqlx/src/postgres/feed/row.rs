use es_core::store::RawEvent;
use es_core::{EventId, Version};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::feed::{Common, EventRow};
use crate::postgres::values::Moment;

/// The columns are those of `feed_range.sql` and `feed_range_of_one.sql`: types that are common aren't there.
impl EventRow for PgRow {
    fn seq(&self) -> Option<i64> {
        self.try_get_unchecked(0).ok()
    }

    fn event<'r>(&'r self, common: Common<'r>) -> Option<RawEvent<'r>> {
        let version: i64 = self.try_get_unchecked(2).ok()?;
        let event_id: Uuid = self.try_get_unchecked(3).ok()?;
        let schema_version: i32 = self.try_get_unchecked(5).ok()?;
        Some(RawEvent {
            entity_type: match common.entity_type {
                Some(entity_type) => entity_type,
                None => self.try_get_unchecked(10).ok()?,
            },
            entity_id: self.try_get_unchecked(1).ok()?,
            version: Version::new(version.try_into().ok()?),
            event_id: EventId::from(event_id),
            event_type: match common.event_type {
                Some(event_type) => event_type,
                None => self.try_get_unchecked(4).ok()?,
            },
            schema_version: schema_version.try_into().ok()?,
            data: self.try_get_raw(6).ok()?.as_bytes().ok()?,
            triggering_event: self.try_get_unchecked(7).ok()?,
            metadata: self.try_get_unchecked(8).ok()?,
            recorded_at: Moment::from_binary(self.try_get_raw(9).ok()?.as_bytes().ok()?)?,
        })
    }
}
