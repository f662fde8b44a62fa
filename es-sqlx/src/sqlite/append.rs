use es_core::Version;
use es_core::store::{Append, AppendError, Appended, Position, StoreError};
use sqlx::SqliteConnection;

use super::error::Limits;
use super::packet::{Events, Packet, expected};
use super::statements::Statements;

/// How often appends are tried that lost, though nothing is in their way any more.
const TRIES: usize = 4;

type Outcome = Result<Appended, AppendError>;

/// As [`append`], of a single one.
pub(super) async fn append_one(
    connection: &mut SqliteConnection,
    statements: &Statements,
    limits: &Limits,
    one: Append,
) -> Outcome {
    let outcomes = append(connection, statements, limits, &[one]).await?;
    outcomes.into_iter().next().unwrap_or_else(unknown)
}

/// Appends all that can be appended, in one statement and so in one commit, and says of each what became of it.
///
/// The statement is done whole or not at all: SQLite makes all of its changes before it returns the first row, and
/// commits even when nobody takes the rows.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    statements: &Statements,
    limits: &Limits,
    appends: &[Append],
) -> Result<Vec<Outcome>, StoreError> {
    let mut outcomes: Vec<Option<Outcome>> = appends.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..appends.len()).collect();
    // Without a transaction, another process can write between the two statements. Then what was in the way of an
    // append may be gone when it is looked for.
    for attempt in 1..=TRIES {
        let inserted = match open[..] {
            [n] => insert_one(connection, statements, &appends[n]).await,
            _ => {
                let packet = Packet::new(open.iter().map(|&n| &appends[n]));
                insert(connection, statements, packet).await
            }
        };
        for (n, position) in inserted.map_err(|error| refused(limits, error))? {
            let Some(&n) = at(&open, n) else { continue };
            outcomes[n] = Some(Ok(Appended::new(appends[n].version()).at(position)));
        }
        open.retain(|&n| outcomes[n].is_none());
        if open.is_empty() {
            break;
        }
        let obstacles =
            obstacles(connection, statements, Packet::new(open.iter().map(|&n| &appends[n]))).await;
        for obstacle in obstacles.map_err(|error| limits.error(error))? {
            let Some(&n) = at(&open, obstacle.n) else { continue };
            outcomes[n] = obstacle.error(appends[n].expected, attempt == TRIES).map(Err);
        }
        open.retain(|&n| outcomes[n].is_none());
        if open.is_empty() {
            break;
        }
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unknown)).collect())
}

fn unknown() -> Outcome {
    Err(StoreError::Corrupt("an append was neither stored nor refused".to_owned()).into())
}

/// Versions and messages were looked up before, in the same statement, so they can't be taken.
fn refused(limits: &Limits, error: sqlx::Error) -> StoreError {
    match error.as_database_error() {
        Some(taken) if taken.is_unique_violation() => {
            StoreError::Corrupt(format!("{error}, though it was free"))
        }
        _ => limits.error(error),
    }
}

fn at(open: &[usize], n: i64) -> Option<&usize> {
    open.get(usize::try_from(n).ok()?)
}

/// All rows are fetched, to the end of the statement: only there does it tell that its commit failed.
async fn insert(
    connection: &mut SqliteConnection,
    statements: &Statements,
    packet: Packet,
) -> Result<Vec<(i64, Option<Position>)>, sqlx::Error> {
    let rows = sqlx::query_as(statements.appends.sql()).bind(packet.index).bind(packet.data);
    Ok(won(rows.fetch_all(connection).await?))
}

/// As [`insert`], of a single one, with a value for each of its parts.
async fn insert_one(
    connection: &mut SqliteConnection,
    statements: &Statements,
    append: &Append,
) -> Result<Vec<(i64, Option<Position>)>, sqlx::Error> {
    let (message, events) = (append.message.as_ref(), Events::new(append));
    let rows = sqlx::query_as(statements.append.sql())
        .bind(expected(append))
        .bind(append.events().len() as i64)
        .bind(append.deletes)
        .bind(append.recorded_at.as_microsecond())
        .bind(append.entity_type)
        .bind(&append.entity_id)
        .bind(message.map(|message| message.consumer()))
        .bind(message.map(|message| message.id()))
        .bind(append.metadata.as_deref())
        .bind(events.index)
        .bind(events.data);
    Ok(won(rows.fetch_all(connection).await?))
}

/// The rows of a statement that inserts: which appends won, and where.
fn won(rows: Vec<(i64, Option<i64>)>) -> Vec<(i64, Option<Position>)> {
    let position = |number: i64| u64::try_from(number).ok().map(Position::new);
    rows.into_iter().map(|(n, number)| (n, number.and_then(position))).collect()
}

/// What is stored of an append's entity, to tell why the append lost.
struct Obstacle {
    n: i64,
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

async fn obstacles(
    connection: &mut SqliteConnection,
    statements: &Statements,
    packet: Packet,
) -> Result<Vec<Obstacle>, sqlx::Error> {
    let rows: Vec<(i64, i64, bool, bool)> = sqlx::query_as(statements.obstacles.sql())
        .bind(packet.index)
        .bind(packet.data)
        .fetch_all(connection)
        .await?;
    let obstacle = |(n, version, deleted, processed)| {
        let actual = Version::new(u64::try_from(version).unwrap_or_default());
        Obstacle { n, actual, deleted, processed }
    };
    Ok(rows.into_iter().map(obstacle).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_append_with_nothing_in_its_way_is_tried_again_for_a_while() {
        let actual = Version::new(4);
        let obstacle = Obstacle { n: 0, actual, deleted: false, processed: false };

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
