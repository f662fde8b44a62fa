use es_core::Version;
use es_core::store::{Append, AppendError, Appended, StoreError};
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row};

use super::error::{self, Limits};
use super::round::Round;
use super::script::Place;
use super::statements::Statements;
use crate::group::Outcome;

/// How often appends are tried that lost, though nothing is in their way any more.
const TRIES: usize = 4;

/// What a connection can do, and what is said to it.
#[derive(Clone, Copy)]
pub(super) struct Server<'a> {
    pub(super) statements: &'a Statements,
    pub(super) limits: &'a Limits,
    /// `max_allowed_packet`, in bytes.
    pub(super) max_packet: usize,
    /// Whether it is MariaDB, which takes a block of statements as one.
    pub(super) blocks: bool,
}

/// Why appends failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: sqlx::Error,
    /// Whether it may be stored all the same.
    pub(super) uncertain: bool,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Failure { error, uncertain: false }
    }
}

impl Failure {
    /// The server was told to commit, and then the connection was lost.
    pub(super) fn of_commit(error: sqlx::Error) -> Self {
        Failure { uncertain: error::is_lost(&error), error }
    }
}

/// Appends to different entities all that can be appended, in one commit, and says of each what became of it.
///
/// An append that was stored before, by an attempt whose outcome is not known, isn't stored again: it is found by the
/// id of its first event.
pub(super) async fn append(
    connection: &mut MySqlConnection,
    server: Server<'_>,
    place: Place,
    appends: &[Append],
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes: Vec<Option<Outcome>> = appends.iter().map(|_| None).collect();
    let mut open: Vec<usize> = Vec::with_capacity(appends.len());
    for (n, append) in appends.iter().enumerate() {
        if Round::takes(server, append) {
            open.push(n);
        } else {
            outcomes[n] = Some(Err(too_large()));
        }
    }
    // All lock entities in one order, so that they don't wait for each other in a circle.
    open.sort_by_key(|&n| (appends[n].entity_type, appends[n].entity_id.as_bytes()));
    // What was in the way of an append when it was tried may be gone when it is looked for.
    for attempt in 1..=TRIES {
        if open.is_empty() {
            break;
        }
        let round = Round { server, place, appends, open: &open, again: attempt > 1 };
        let obstacles = round.run(connection).await?;
        let mut lost: Vec<usize> = Vec::new();
        for obstacle in obstacles {
            let Some(append) = appends.get(obstacle.n) else { continue };
            outcomes[obstacle.n] = obstacle.outcome(append, attempt == TRIES);
            lost.push(obstacle.n);
        }
        for &n in open.iter().filter(|n| !lost.contains(n)) {
            outcomes[n] = Some(Ok(Appended::new(appends[n].version())));
        }
        open.retain(|&n| outcomes[n].is_none());
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unknown)).collect())
}

fn unknown() -> Outcome {
    Err(StoreError::Corrupt("an append was neither stored nor refused".to_owned()).into())
}

fn too_large() -> AppendError {
    StoreError::Unsupported("room in its `max_allowed_packet` for so large an event").into()
}

/// What is stored of an append's entity, to tell why the append lost.
#[derive(Debug)]
pub(super) struct Obstacle {
    n: usize,
    actual: Version,
    deleted: bool,
    processed: bool,
    /// The append's own events are stored.
    stored: bool,
}

impl Obstacle {
    pub(super) fn read(row: &MySqlRow) -> Result<Self, sqlx::Error> {
        let number = |column: usize| row.try_get::<u64, _>(column);
        Ok(Obstacle {
            n: usize::try_from(number(0)?).unwrap_or(usize::MAX),
            actual: Version::new(number(1)?),
            deleted: number(2)? != 0,
            processed: number(3)? != 0,
            stored: number(4)? != 0,
        })
    }

    /// What became of the append; `None` if nothing is in its way (any more), unless something is to be blamed `anyway`.
    fn outcome(&self, append: &Append, anyway: bool) -> Option<Outcome> {
        let (expected, actual) = (append.expected, self.actual);
        let changes_nothing =
            expected == Version::NONE && append.events().is_empty() && append.message.is_none();
        Some(Err(match () {
            () if self.stored => return Some(Ok(Appended::new(append.version()))),
            () if self.processed => AppendError::Duplicate,
            () if self.deleted => AppendError::Deleted,
            () if actual == expected && changes_nothing => {
                return Some(Ok(Appended::new(append.version())));
            }
            () if actual == expected && !anyway => return None,
            () if expected == Version::NONE => AppendError::AlreadyExists { actual },
            () => AppendError::Conflict { expected, actual },
        }))
    }
}

#[cfg(test)]
mod tests {
    use es_core::Timestamp;

    use super::*;

    #[test]
    fn an_append_with_nothing_in_its_way_is_tried_again_for_a_while() {
        let obstacle = Obstacle {
            n: 0,
            actual: Version::new(4),
            deleted: false,
            processed: false,
            stored: false,
        };
        let outcome = |expected: u64, anyway| {
            let now = Timestamp::UNIX_EPOCH;
            let append = Append::new("Bell", "a".to_owned(), Version::new(expected), now);
            obstacle.outcome(&append, anyway)
        };

        assert!(outcome(4, false).is_none());
        assert!(matches!(outcome(4, true), Some(Err(AppendError::Conflict { .. }))));
        for anyway in [false, true] {
            assert!(matches!(
                outcome(3, anyway),
                Some(Err(AppendError::Conflict { actual, .. })) if actual == 4
            ));
            assert!(matches!(
                outcome(0, anyway),
                Some(Err(AppendError::AlreadyExists { actual })) if actual == 4
            ));
        }
    }
}
