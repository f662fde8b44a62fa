use std::mem;
use std::ops::ControlFlow;

use es_core::Version;
use es_core::store::{RawSnapshot, StreamHead, StreamQuery};
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};

use super::{Columns, Failure, Reader, first_row, malformed, version_and_flags};

/// Where the event begins in a row: behind the head and the snapshot.
const EVENT: usize = 4;

/// What a look at the newest snapshot of a range came to.
enum Looked {
    /// The snapshot, if there is one, and the events after it were shown.
    Shown(StreamHead),
    /// The snapshot of this version is of another stream, that had the same id before.
    Foreign(u64),
    /// There are no events, or none of the snapshot's version or later.
    NoEvents,
}

impl Reader<'_, '_> {
    /// Shows the newest snapshot and the events after it. A statement looks at one snapshot only, which is much faster than
    /// one that finds the newest of this stream; in the rare case that it isn't, the next one looks at an older one.
    pub(super) async fn after_snapshot(
        &mut self,
        connection: &mut MySqlConnection,
        shape: &str,
    ) -> Result<StreamHead, Failure> {
        let (mut newest, mut missed) = (self.last, None);
        loop {
            newest = match self.after_newest(connection, shape, newest).await? {
                Looked::Shown(head) => return Ok(head),
                Looked::Foreign(version) => version.saturating_sub(1),
                Looked::NoEvents => {
                    let head = self.head(connection).await?;
                    let nearest = newest.min(head.version.get());
                    // Where there should be some, a snapshot of another stream is newer than all of them, or they came
                    // between the two statements.
                    if nearest < self.next || missed == Some(nearest) {
                        self.last = self.last.min(head.version.get());
                        self.complete()?;
                        return Ok(head);
                    }
                    missed = Some(nearest);
                    nearest
                }
            };
        }
    }

    /// Looks at the newest snapshot up to this version.
    async fn after_newest(
        &mut self,
        connection: &mut MySqlConnection,
        shape: &str,
        newest: u64,
    ) -> Result<Looked, Failure> {
        let StreamQuery { entity_type, entity_id, message, .. } = self.query;
        let (entity_type, entity_id) = (entity_type.as_bytes(), entity_id.as_bytes());
        let shape = shape.as_bytes();
        let (first, last) = (self.next, self.last);
        let mut rows = sqlx::query(self.server.statements.stream_after_snapshot.sql())
            .bind(shape)
            .bind(shape)
            .bind(entity_type)
            .bind(entity_id)
            .bind(entity_type)
            .bind(entity_id)
            .bind(message.map(|message| message.consumer().as_bytes()))
            .bind(message.map(|message| message.id().as_bytes()))
            .bind(entity_type)
            .bind(entity_id)
            .bind(shape)
            .bind(entity_type)
            .bind(entity_id)
            .bind(shape)
            .bind(first)
            .bind(newest)
            .bind(entity_type)
            .bind(entity_id)
            .bind(entity_type)
            .bind(entity_id)
            .bind(first)
            .bind(last)
            .fetch(connection);
        let row = first_row(self.server.limits, &mut rows).await?;
        let Some(row) = row else { return Ok(Looked::NoEvents) };
        let head = version_and_flags(&row).ok_or_else(|| malformed(&self.query, first))?;
        let newest = snapshot(&row).ok_or_else(|| malformed(&self.query, first))?;
        // What the next statement sees may be newer.
        if let Newest::Foreign(version) = newest {
            return Ok(Looked::Foreign(version));
        }
        self.last = last.min(head.version.get());
        let shown = if let Newest::OfThisStream(snapshot) = newest {
            self.next = snapshot.version.get() + 1;
            self.visit.snapshot(snapshot);
            ControlFlow::Continue(())
        } else {
            self.show(&row, Columns::From(EVENT), head)?
        };
        if shown.is_continue() {
            self.rest(&mut rows, Columns::From(EVENT), head).await?;
        }
        Ok(Looked::Shown(head))
    }

    async fn head(&mut self, connection: &mut MySqlConnection) -> Result<StreamHead, Failure> {
        let last = mem::replace(&mut self.last, 0);
        let head = self.head_and_stream(connection).await;
        self.last = last;
        head
    }
}

/// The newest snapshot, as the first row tells, which then has the event of its version.
enum Newest<'r> {
    OfThisStream(RawSnapshot<'r>),
    Foreign(u64),
    None,
}

/// `None` where a value has a form that is never written.
fn snapshot(row: &MySqlRow) -> Option<Newest<'_>> {
    let is_of_this_stream: Option<i64> = row.try_get(2).ok()?;
    let Some(is_of_this_stream) = is_of_this_stream else { return Some(Newest::None) };
    let version: u64 = row.try_get(EVENT).ok()?;
    if is_of_this_stream == 0 {
        return Some(Newest::Foreign(version));
    }
    let data = row.try_get_unchecked(3).ok()?;
    Some(Newest::OfThisStream(RawSnapshot { version: Version::new(version), data }))
}
