use es_core::Version;
use es_core::store::{Append, AppendError, Appended, StoreError};
use sqlx::mysql::MySqlRow;
use sqlx::{Connection, MySqlConnection, Row};
use uuid::Uuid;

use super::error::{self, Limits};
use super::packet;
use super::statements::{Needs, Statements};
use crate::group::Outcome;

/// How often appends are tried that lost, though nothing is in their way any more.
const TRIES: usize = 4;

/// What the server may need of a packet for itself.
const PACKET_OVERHEAD: usize = 64 * 1024;

/// What a connection can do, and what is said to it.
#[derive(Clone, Copy)]
pub(super) struct Server<'a> {
    pub(super) statements: &'a Statements,
    pub(super) limits: &'a Limits,
    /// `max_allowed_packet`, in bytes.
    pub(super) max_packet: usize,
}

/// Where appends are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a transaction of their own. Each statement has to see what was committed before it began.
    Alone,
    /// In a transaction that has the savepoint. Where it hasn't got it any more, it isn't the same transaction, and
    /// nothing is stored.
    Within,
}

impl Place {
    pub(super) const BEGIN: &str =
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nSTART TRANSACTION";
    pub(super) const BEGIN_WITH_SAVEPOINT: &str =
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;\nSTART TRANSACTION;\nSAVEPOINT es_append";
    pub(super) const RENEW_SAVEPOINT: &str = "RELEASE SAVEPOINT es_append;\nSAVEPOINT es_append";

    fn opens(self) -> &'static str {
        match self {
            Place::Alone => Self::BEGIN,
            Place::Within => Self::RENEW_SAVEPOINT,
        }
    }

    fn closes(self) -> &'static str {
        match self {
            Place::Alone => "COMMIT",
            Place::Within => "",
        }
    }
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
    fn of_commit(error: sqlx::Error) -> Self {
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
    let limit = server.max_packet.saturating_sub(PACKET_OVERHEAD);
    let mut outcomes: Vec<Option<Outcome>> = appends.iter().map(|_| None).collect();
    let mut open: Vec<usize> = Vec::with_capacity(appends.len());
    for (n, append) in appends.iter().enumerate() {
        if packet::fits(append, limit) {
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
        let round = Round { server, place, limit, appends, open: &open, again: attempt > 1 };
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

/// One attempt to store the appends that are open.
struct Round<'a> {
    server: Server<'a>,
    place: Place,
    limit: usize,
    appends: &'a [Append],
    open: &'a [usize],
    again: bool,
}

impl<'a> Round<'a> {
    fn appends(&self) -> impl Iterator<Item = (usize, &'a Append)> + Clone {
        self.open.iter().map(|&n| (n, &self.appends[n]))
    }

    fn needs(&self) -> Needs {
        let mut appends = self.appends().map(|(_, append)| append);
        Needs {
            create: appends.clone().any(|append| append.expected == Version::NONE),
            // An entity that is to be created may be there at version 0.
            change: self.again || appends.clone().any(|append| append.expected != Version::NONE),
            messages: appends.clone().any(|append| append.message.is_some()),
            events: appends.any(|append| !append.events().is_empty()),
        }
    }

    /// Returns what is in the way of the appends that weren't stored.
    async fn run(&self, connection: &mut MySqlConnection) -> Result<Vec<Obstacle>, Failure> {
        let attempt = Uuid::now_v7();
        let appends = packet::appends(self.appends());
        let limit = self.limit.saturating_sub(appends.len());
        let packets = packet::split(self.appends().map(|(_, append)| append), limit);
        let events = if packets.len() == 1 { packet::events(&packets[0]) } else { "[]".to_owned() };
        let bind = sqlx::query(self.server.statements.bind.sql())
            .bind(&attempt.as_bytes()[..])
            .bind(appends)
            .bind(events);
        self.answer(bind.execute(&mut *connection)).await?;
        if packets.len() <= 1 {
            let (opens, closes) = (self.place.opens(), self.place.closes());
            return self.write(connection, opens, self.needs(), closes).await;
        }
        if self.place == Place::Within {
            return self.write_all(connection, &packets).await;
        }
        let mut transaction = connection.begin_with(Place::BEGIN).await?;
        let obstacles = self.write_all(&mut transaction, &packets).await?;
        self.answer(transaction.commit()).await.map_err(Failure::of_commit)?;
        Ok(obstacles)
    }

    /// The events go in packets of their own, since the server doesn't take them in one.
    async fn write_all(
        &self,
        connection: &mut MySqlConnection,
        packets: &[Vec<packet::Part<'_>>],
    ) -> Result<Vec<Obstacle>, Failure> {
        let opens = match self.place {
            Place::Alone => "DO 0",
            Place::Within => Place::RENEW_SAVEPOINT,
        };
        let needs = Needs { events: false, ..self.needs() };
        let obstacles = self.write(&mut *connection, opens, needs, "").await?;
        for packet in packets {
            let bind = sqlx::query("SET @es_events = ?").bind(packet::events(packet));
            self.answer(bind.execute(&mut *connection)).await?;
            let events = sqlx::raw_sql(self.server.statements.events());
            self.answer(events.execute(&mut *connection)).await?;
        }
        let free = sqlx::query("SET @es_events = ?").bind("[]");
        self.answer(free.execute(&mut *connection)).await?;
        Ok(obstacles)
    }

    async fn write(
        &self,
        connection: &mut MySqlConnection,
        opens: &str,
        needs: Needs,
        closes: &str,
    ) -> Result<Vec<Obstacle>, Failure> {
        let text = self.server.statements.write(opens, needs, closes);
        let rows = self.answer(sqlx::raw_sql(text).fetch_all(connection)).await;
        let failed = if closes.is_empty() { Failure::from } else { Failure::of_commit };
        let obstacles = rows.and_then(|rows| rows.iter().map(Obstacle::read).collect());
        obstacles.map_err(failed)
    }

    async fn answer<T>(
        &self,
        step: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        error::within(self.server.limits.answer(), step).await
    }
}

/// What is stored of an append's entity, to tell why the append lost.
#[derive(Debug)]
struct Obstacle {
    n: usize,
    actual: Version,
    deleted: bool,
    processed: bool,
    /// The append's own events are stored.
    stored: bool,
}

impl Obstacle {
    fn read(row: &MySqlRow) -> Result<Self, sqlx::Error> {
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
