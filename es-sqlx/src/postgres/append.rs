use es_core::Version;
use es_core::store::{Append, AppendError, Appended, NewEvent, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgBindIterExt;

use super::statements::Statements;
use super::values::{Moment, Text};
use crate::group::Outcome;

/// How often appends are tried that lost, though nothing is in their way any more.
const TRIES: usize = 4;

/// Appends to different entities, all that can be appended, and says of each what became of it.
///
/// It is one statement, and so one commit: done whole or not at all. Only appends that lost, and where it isn't known
/// yet what to, need another one that looks. Where another one took a version or a message that was free when the
/// statement began, it may fail with a key that is taken, and has then done nothing.
pub(super) async fn append(
    connection: &mut PgConnection,
    statements: &Statements,
    appends: &[Append],
) -> Result<Vec<Outcome>, sqlx::Error> {
    Appending { connection, statements, within: false }.append(appends).await
}

/// As [`append`], in a transaction, which an error would end. So a message that is processed by another one meanwhile
/// is no error, unless the entity is created with it.
pub(super) async fn append_within(
    connection: &mut PgConnection,
    statements: &Statements,
    appends: &[Append],
) -> Result<Vec<Outcome>, sqlx::Error> {
    Appending { connection, statements, within: true }.append(appends).await
}

struct Appending<'a> {
    connection: &'a mut PgConnection,
    statements: &'a Statements,
    /// In a transaction.
    within: bool,
}

impl Appending<'_> {
    async fn append(&mut self, appends: &[Append]) -> Result<Vec<Outcome>, sqlx::Error> {
        let mut outcomes: Vec<Option<Outcome>> = appends.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..appends.len()).collect();
        // Others write between the two statements. What was in the way of an append may be gone when it is looked for.
        for attempt in 1..=TRIES {
            let known = self.insert(appends, &open, &mut outcomes).await?;
            open.retain(|&n| outcomes[n].is_none());
            if open.is_empty() {
                break;
            }
            let pick = open.iter().map(|&n| &appends[n]);
            for (n, found) in look_up(self.connection, self.statements, pick).await? {
                let Some(&n) = at(&open, n) else { continue };
                outcomes[n] = match found {
                    Found { stored: true, .. } if known == Known::InPart => {
                        Some(appended(&appends[n]))
                    }
                    Found { obstacle, .. } => {
                        obstacle.error(appends[n].expected, attempt == TRIES).map(Err)
                    }
                };
            }
            open.retain(|&n| outcomes[n].is_none());
            if open.is_empty() {
                break;
            }
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unknown)).collect())
    }

    /// Tries those that are open, and writes down what is known of them then.
    async fn insert(
        &mut self,
        appends: &[Append],
        open: &[usize],
        outcomes: &mut [Option<Outcome>],
    ) -> Result<Known, sqlx::Error> {
        let pick = open.iter().map(|&n| &appends[n]);
        let (connection, statements) = (&mut *self.connection, self.statements);
        let eventful = pick.clone().all(|append| !append.events().is_empty());
        let messages = pick.clone().any(|append| append.message.is_some());
        let (all, known) = match open {
            &[n] if eventful && !(self.within && messages) => {
                (insert_one(connection, statements, &appends[n]).await?, Known::Exactly)
            }
            _ if eventful && !messages => {
                (insert_all(connection, statements, pick).await?, Known::InPart)
            }
            _ => {
                for (n, attempted) in insert_for_messages(connection, statements, pick).await? {
                    let Some(&n) = at(open, n) else { continue };
                    outcomes[n] = attempted.outcome(&appends[n]);
                }
                (false, Known::Exactly)
            }
        };
        if all {
            open.iter().for_each(|&n| outcomes[n] = Some(appended(&appends[n])));
        }
        Ok(known)
    }
}

/// What is known of appends that were tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Which of them are stored.
    Exactly,
    /// Not more than whether all of them are stored.
    InPart,
}

fn appended(append: &Append) -> Outcome {
    Ok(Appended::new(append.version()))
}

pub(super) fn unknown() -> Outcome {
    Err(StoreError::Corrupt("an append was neither stored nor refused".to_owned()).into())
}

/// The statements count from 1.
fn at(open: &[usize], n: i64) -> Option<&usize> {
    open.get(usize::try_from(n).ok()?.checked_sub(1)?)
}

/// Whether it is appended.
async fn insert_one(
    connection: &mut PgConnection,
    statements: &Statements,
    append: &Append,
) -> Result<bool, sqlx::Error> {
    let data = |event: &NewEvent| Text(&append.data()[event.data.clone()]);
    let insertion = match (append.events(), &append.message) {
        ([event], None) => sqlx::query(statements.of_event.of(append).sql())
            .bind(append.entity_type)
            .bind(&*append.entity_id)
            .bind(number(append.version()))
            .bind(append.deletes)
            .bind(append.metadata.as_deref())
            .bind(Moment(append.recorded_at))
            .bind(event.event_id.uuid())
            .bind(event.event_type)
            .bind(i64::from(event.schema_version))
            .bind(data(event)),
        (events, message) => {
            let pair =
                if message.is_some() { &statements.for_message } else { &statements.of_events };
            let mut insertion = sqlx::query(pair.of(append).sql())
                .bind(append.entity_type)
                .bind(&*append.entity_id)
                .bind(number(append.expected))
                .bind(events.len() as i64)
                .bind(append.deletes);
            if let Some(message) = message {
                insertion = insertion.bind(message.consumer()).bind(message.id());
            }
            insertion
                .bind(append.metadata.as_deref())
                .bind(Moment(append.recorded_at))
                .bind(events.iter().map(|event| event.event_id.uuid()).bind_iter())
                .bind(events.iter().map(|event| event.event_type).bind_iter())
                .bind(events.iter().map(|event| i64::from(event.schema_version)).bind_iter())
                .bind(events.iter().map(data).bind_iter())
        }
    };
    Ok(insertion.execute(connection).await?.rows_affected() > 0)
}

/// Whether all of them are appended; else some may be.
async fn insert_all(
    connection: &mut PgConnection,
    statements: &Statements,
    appends: impl Iterator<Item = &Append> + Clone,
) -> Result<bool, sqlx::Error> {
    let events = || {
        appends.clone().flat_map(|append| {
            (1_i64..).zip(append.events()).map(move |(number, event)| (append, number, event))
        })
    };
    let inserted = sqlx::query(statements.appends.sql())
        .bind(events().map(|(append, ..)| append.entity_type).bind_iter())
        .bind(events().map(|(append, ..)| &*append.entity_id).bind_iter())
        .bind(events().map(|(append, ..)| number(append.expected)).bind_iter())
        .bind(events().map(|(append, ..)| append.events().len() as i64).bind_iter())
        .bind(events().map(|(_, number, _)| number).bind_iter())
        .bind(events().map(|(append, ..)| append.deletes).bind_iter())
        .bind(events().map(|(append, ..)| append.metadata.as_deref()).bind_iter())
        .bind(events().map(|(append, ..)| Moment(append.recorded_at)).bind_iter())
        .bind(events().map(|(.., event)| event.event_id.uuid()).bind_iter())
        .bind(events().map(|(.., event)| event.event_type).bind_iter())
        .bind(events().map(|(.., event)| i64::from(event.schema_version)).bind_iter())
        .bind(
            events().map(|(append, _, event)| Text(&append.data()[event.data.clone()])).bind_iter(),
        )
        .execute(connection)
        .await?;
    Ok(inserted.rows_affected() == events().count() as u64)
}

/// A row of the statement: number, appended, duplicate, version, deleted.
type AttemptedRow = (i64, bool, bool, Option<i64>, Option<bool>);

/// What the statement tells of an append.
struct Attempted {
    appended: bool,
    duplicate: bool,
    actual: Option<Version>,
    deleted: bool,
}

impl Attempted {
    /// `None` where it isn't known why it lost: the statement sees no message and no creation that were committed
    /// while it waited for their locks.
    fn outcome(&self, append: &Append) -> Option<Outcome> {
        if self.appended {
            return Some(appended(append));
        }
        if self.duplicate {
            return Some(Err(AppendError::Duplicate));
        }
        if append.message.is_some() {
            return None;
        }
        let actual = match self.actual {
            Some(actual) => actual,
            None if append.expected == Version::NONE => return None,
            None => Version::NONE,
        };
        Obstacle { actual, deleted: self.deleted, processed: false }
            .error(append.expected, false)
            .map(Err)
    }
}

async fn insert_for_messages(
    connection: &mut PgConnection,
    statements: &Statements,
    appends: impl Iterator<Item = &Append> + Clone,
) -> Result<Vec<(i64, Attempted)>, sqlx::Error> {
    let events = || {
        (1_i64..).zip(appends.clone()).flat_map(|(n, append)| {
            (1_i64..).zip(append.events()).map(move |(number, event)| (n, number, append, event))
        })
    };
    let messages = || appends.clone().map(|append| append.message.as_ref());
    let rows: Vec<AttemptedRow> = sqlx::query_as(statements.appends_for_messages.sql())
        .bind(appends.clone().map(|append| append.entity_type).bind_iter())
        .bind(appends.clone().map(|append| &*append.entity_id).bind_iter())
        .bind(appends.clone().map(|append| number(append.expected)).bind_iter())
        .bind(appends.clone().map(|append| append.events().len() as i64).bind_iter())
        .bind(appends.clone().map(|append| append.deletes).bind_iter())
        .bind(messages().map(|message| message.map(|message| message.consumer())).bind_iter())
        .bind(messages().map(|message| message.map(|message| message.id())).bind_iter())
        .bind(appends.clone().map(|append| append.metadata.as_deref()).bind_iter())
        .bind(appends.clone().map(|append| Moment(append.recorded_at)).bind_iter())
        .bind(events().map(|(n, ..)| n).bind_iter())
        .bind(events().map(|(_, number, ..)| number).bind_iter())
        .bind(events().map(|(.., event)| event.event_id.uuid()).bind_iter())
        .bind(events().map(|(.., event)| event.event_type).bind_iter())
        .bind(events().map(|(.., event)| i64::from(event.schema_version)).bind_iter())
        .bind(
            events()
                .map(|(.., append, event)| Text(&append.data()[event.data.clone()]))
                .bind_iter(),
        )
        .fetch_all(connection)
        .await?;
    let attempted = |(n, appended, duplicate, version, deleted): AttemptedRow| {
        let actual = version.map(version_of);
        (n, Attempted { appended, duplicate, actual, deleted: deleted == Some(true) })
    };
    Ok(rows.into_iter().map(attempted).collect())
}

/// What is found of an append, and of its entity.
pub(super) struct Found {
    /// The append is stored, exactly as it is.
    pub(super) stored: bool,
    obstacle: Obstacle,
}

/// What is stored of an append's entity, to tell why the append lost.
struct Obstacle {
    actual: Version,
    deleted: bool,
    processed: bool,
}

impl Obstacle {
    /// Why the append lost; `None` if nothing is in its way (any more), unless it is to be blamed `anyway`.
    fn error(&self, expected: Version, anyway: bool) -> Option<AppendError> {
        let actual = self.actual;
        Some(match () {
            () if self.processed => AppendError::Duplicate,
            () if self.deleted => AppendError::Deleted,
            () if actual == expected && !anyway => return None,
            () if expected == Version::NONE => AppendError::AlreadyExists { actual },
            () => AppendError::Conflict { expected, actual },
        })
    }
}

/// Each of these appends, by its number from 1, with what is found of it.
pub(super) async fn look_up(
    connection: &mut PgConnection,
    statements: &Statements,
    appends: impl Iterator<Item = &Append> + Clone,
) -> Result<Vec<(i64, Found)>, sqlx::Error> {
    let messages = || appends.clone().map(|append| append.message.as_ref());
    let last = |append: &Append| append.events().last().map(|event| event.event_id.uuid());
    let rows: Vec<(i64, bool, i64, bool, bool)> = sqlx::query_as(statements.look_up.sql())
        .bind(appends.clone().map(|append| append.entity_type).bind_iter())
        .bind(appends.clone().map(|append| &*append.entity_id).bind_iter())
        .bind(appends.clone().map(|append| number(append.version())).bind_iter())
        .bind(appends.clone().map(last).bind_iter())
        .bind(messages().map(|message| message.map(|message| message.consumer())).bind_iter())
        .bind(messages().map(|message| message.map(|message| message.id())).bind_iter())
        .bind(appends.clone().map(|append| Moment(append.recorded_at)).bind_iter())
        .fetch_all(connection)
        .await?;
    let found = |(n, stored, version, deleted, processed)| {
        let obstacle = Obstacle { actual: version_of(version), deleted, processed };
        (n, Found { stored, obstacle })
    };
    Ok(rows.into_iter().map(found).collect())
}

fn number(version: Version) -> i64 {
    version.get().min(i64::MAX as u64).cast_signed()
}

fn version_of(number: i64) -> Version {
    Version::new(u64::try_from(number).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_append_with_nothing_in_its_way_is_tried_again_for_a_while() {
        let actual = Version::new(4);
        let obstacle = Obstacle { actual, deleted: false, processed: false };

        assert!(obstacle.error(actual, false).is_none());
        assert!(matches!(obstacle.error(actual, true), Some(AppendError::Conflict { .. })));
        for anyway in [false, true] {
            let conflict = obstacle.error(Version::new(3), anyway);
            assert!(
                matches!(conflict, Some(AppendError::Conflict { actual: a, .. }) if a == actual)
            );
            let exists = obstacle.error(Version::NONE, anyway);
            assert!(
                matches!(exists, Some(AppendError::AlreadyExists { actual: a }) if a == actual)
            );
        }
    }
}
