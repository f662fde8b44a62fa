use es_core::EventId;
use es_core::store::{Position, StoreError};
use es_core::subscription::{
    DeadLetter, EntityKey, Held, Lease, PartitionProgress, StoredProgress,
};
use serde_json::Value;
use uuid::Uuid;

/// A row as a statement shows it: one JSON array.
pub(super) struct Row(Vec<Value>);

/// Reads rows of one form.
pub(super) struct Rows {
    /// How texts are written.
    pub(super) text: fn(&str) -> Option<String>,
}

impl Rows {
    pub(super) fn leases(&self, rows: Vec<String>) -> Result<Vec<Lease>, StoreError> {
        each(rows, |row| {
            Some(Lease {
                held: Held { partition: row.u32(0)?, epoch: row.u64(1)? },
                position: Position::new(row.u64(2)?),
                paused: row.bool(3)?,
            })
        })
    }

    pub(super) fn parts(&self, rows: Vec<String>) -> Result<Vec<u32>, StoreError> {
        each(rows, |row| row.u32(0))
    }

    /// A single number; 0 where it is null.
    pub(super) fn number(&self, rows: Vec<String>) -> Result<u64, StoreError> {
        let numbers = each(rows, |row| if row.is_null(0) { Some(0) } else { row.u64(0) })?;
        Ok(numbers.first().copied().unwrap_or_default())
    }

    /// Whether a single row says so.
    pub(super) fn is_true(&self, rows: Vec<String>) -> Result<bool, StoreError> {
        Ok(each(rows, |row| row.bool(0))?.first().copied().unwrap_or_default())
    }

    /// Texts as they are written, to be handed on.
    pub(super) fn values(&self, rows: Vec<String>) -> Result<Vec<Value>, StoreError> {
        each(rows, |row| row.0.first().cloned())
    }

    pub(super) fn entities(&self, rows: Vec<String>) -> Result<Vec<EntityKey>, StoreError> {
        each(rows, |row| self.entity(&row))
    }

    pub(super) fn letters(&self, rows: Vec<String>) -> Result<Vec<DeadLetter>, StoreError> {
        each(rows, |row| {
            Some(DeadLetter {
                entity: self.entity(&row)?,
                partition: row.u32(2)?,
                position: Position::new(row.u64(3)?),
                event_id: EventId::from(row.str(4)?.parse::<Uuid>().ok()?),
                attempts: row.u32(5)?,
                parked: row.bool(6)?,
                error: match row.is_null(7) {
                    true => None,
                    false => Some((self.text)(row.str(7)?)?),
                },
            })
        })
    }

    pub(super) fn progress(&self, rows: Vec<String>) -> Result<StoredProgress, StoreError> {
        let mut progress = StoredProgress::default();
        each(rows, |row| {
            match row.str(0)? {
                "partition" => {
                    progress.paused |= row.bool(5)?;
                    progress.partitions.push(PartitionProgress {
                        partition: row.u32(1)?,
                        position: Position::new(row.u64(2)?),
                        epoch: row.u64(3)?,
                        owner: match row.is_null(4) {
                            true => None,
                            false => Some((self.text)(row.str(4)?)?),
                        },
                    });
                }
                "members" => progress.members = row.u32(1)?,
                _ => (progress.waiting_events, progress.parked_events) = (row.u64(1)?, row.u64(2)?),
            }
            Some(())
        })?;
        progress.partitions.sort_unstable_by_key(|partition| partition.partition);
        Ok(progress)
    }

    fn entity(&self, row: &Row) -> Option<EntityKey> {
        Some(EntityKey::new((self.text)(row.str(0)?)?, (self.text)(row.str(1)?)?))
    }
}

impl Row {
    fn u64(&self, column: usize) -> Option<u64> {
        self.0.get(column)?.as_u64()
    }

    fn u32(&self, column: usize) -> Option<u32> {
        u32::try_from(self.u64(column)?).ok()
    }

    /// True and false are numbers in some databases.
    fn bool(&self, column: usize) -> Option<bool> {
        let value = self.0.get(column)?;
        value.as_bool().or_else(|| Some(value.as_u64()? != 0))
    }

    fn str(&self, column: usize) -> Option<&str> {
        self.0.get(column)?.as_str()
    }

    fn is_null(&self, column: usize) -> bool {
        self.0.get(column).is_none_or(Value::is_null)
    }
}

fn each<T>(
    rows: Vec<String>,
    mut read: impl FnMut(Row) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let rows = rows.into_iter().map(|text| {
        let row = serde_json::from_str(&text).ok().map(Row);
        row.and_then(&mut read).ok_or_else(|| {
            StoreError::Corrupt("what is kept of a subscriber has a form that can't be read".into())
        })
    });
    rows.collect()
}
