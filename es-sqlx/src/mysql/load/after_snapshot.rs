use std::ops::ControlFlow;

use es_core::Version;
use es_core::store::{RawSnapshot, StreamHead, StreamQuery};
use futures_util::TryStreamExt;
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};

use super::{Failure, Reader, error, first_row, malformed, version_and_flags};

/// The newest snapshot, as its row tells.
enum Newest<'r> {
    OfThisStream(RawSnapshot<'r>),
    /// Of another stream, that had the same id before.
    Foreign(u64),
}

impl Reader<'_, '_> {
    /// Shows the newest snapshot and the events after it. A statement looks at one snapshot only, which is much faster than
    /// one that finds the newest of this stream; in the rare case that it isn't, the next one looks at an older one.
    pub(super) async fn after_snapshot(
        &mut self,
        connection: &mut MySqlConnection,
        shape: &str,
    ) -> Result<StreamHead, Failure> {
        let limits = self.server.limits;
        let StreamQuery { entity_type, entity_id, .. } = self.query;
        let (first, last) = (self.next, self.last);
        let mut newest = last;
        loop {
            let mut rows = self
                .query_head(&self.server.statements.load_after_snapshot)
                .bind(entity_type.as_bytes())
                .bind(entity_id.as_bytes())
                .bind(shape.as_bytes())
                .bind(entity_type.as_bytes())
                .bind(entity_id.as_bytes())
                .bind(entity_type.as_bytes())
                .bind(entity_id.as_bytes())
                .bind(shape.as_bytes())
                .bind(first)
                .bind(newest)
                .bind(entity_type.as_bytes())
                .bind(entity_id.as_bytes())
                .bind(entity_type.as_bytes())
                .bind(entity_id.as_bytes())
                .bind(shape.as_bytes())
                .bind(first)
                .bind(newest)
                .bind(first)
                .bind(last)
                .bind((last + 1).saturating_sub(first))
                .fetch(&mut *connection);
            let head = first_row(limits, &mut rows).await?;
            let head = head.as_ref().and_then(version_and_flags);
            let head = head.ok_or_else(|| malformed(&self.query, 0))?;
            self.last = last.min(head.version.get());
            let row = error::within(limits.answer(), rows.try_next()).await;
            let Some(row) = row.map_err(|error| limits.error(error))? else {
                self.complete()?;
                return Ok(head);
            };
            let shown = match newest_snapshot(&row) {
                Some(Newest::Foreign(version)) if (first..=newest).contains(&version) => {
                    newest = version - 1;
                    continue;
                }
                Some(Newest::OfThisStream(snapshot))
                    if (first..=self.last).contains(&snapshot.version.get()) =>
                {
                    self.next = snapshot.version.get() + 1;
                    self.visit.snapshot(snapshot);
                    ControlFlow::Continue(())
                }
                Some(_) => return Err(malformed(&self.query, first).into()),
                None => self.show(&row, 0, head)?,
            };
            if shown.is_continue() {
                self.rest(&mut rows, 0, head).await?;
            }
            return Ok(head);
        }
    }
}

/// The snapshot in this row, if it is one: it has no id of an event.
fn newest_snapshot(row: &MySqlRow) -> Option<Newest<'_>> {
    if row.try_get_unchecked::<Option<&[u8]>, _>(2).ok()?.is_some() {
        return None;
    }
    let version: u64 = row.try_get(0).ok()?;
    let of_this_stream: u64 = row.try_get(1).ok()?;
    if of_this_stream == 0 {
        return Some(Newest::Foreign(version));
    }
    let data = row.try_get_unchecked(4).ok()?;
    Some(Newest::OfThisStream(RawSnapshot { version: Version::new(version), data }))
}
