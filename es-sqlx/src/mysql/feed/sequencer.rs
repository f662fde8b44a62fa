//! Gives positions to events that are committed.
//!
//! First the queue is read, then what was read gets positions, in one message. Where two do so at once, the places of one of
//! them are taken by then, and it reads again: positions have no holes, so they begin at the same one. So whoever is stopped
//! between the two stops nobody else. Only runs that are too many for one message take several, and keep their lock from one
//! to the next.
//!
//! To leave the queue costs few runs as much as to get positions. So they stay until many leave it with one message, and who
//! reads the queue sees which of them have their positions.

use std::fmt::Write;

use es_core::store::StoreError;
use sqlx::{AssertSqlSafe, MySqlConnection, Row};
use tokio::time::Instant;

use super::queue::{Waiting, in_order};
use super::runs::Run;
use super::{FeedStatements, MySqlFeed};
use crate::mysql::error;
use crate::statement::Statement;

/// How many runs of events get their positions at once, so that a step is short.
const BATCH: u64 = 5_000;

/// How many rows a statement has.
const ROWS: usize = 1_000;

/// How many statements go in a message, so that it fits into the smallest packet that servers take by default.
const STATEMENTS: usize = 10;

/// How many runs that have positions may stay in the queue: to take out many at once costs little more than to take out few.
const PLACED: usize = 64;

/// What somebody waits for whose positions are being given by another one.
const TURN: &str = "turn to give positions";

const BEGIN: &str = "START TRANSACTION";

/// What the queue begins with.
struct Queue {
    /// The last position that is given.
    end: u64,
    runs: Vec<Waiting>,
    /// The positions of runs that have one and are still in the queue.
    placed: Vec<u64>,
    /// Where the next run begins, which wasn't read any more.
    boundary: Option<u64>,
}

impl MySqlFeed {
    /// Gives positions to all events that are committed, and returns the last one.
    pub(super) async fn give_positions(&self) -> Result<u64, StoreError> {
        let limit = self.connections.limits.answer();
        let mut deadline = Instant::now() + limit;
        let (mut batch, mut with_ends) = (BATCH, false);
        loop {
            let Queue { end, runs, placed, boundary } = self.queue(batch, with_ends).await?;
            // What nobody took out is in the way of what comes after it.
            let nothing_waits = runs.is_empty() && boundary.is_none();
            if nothing_waits && placed.len() < PLACED {
                return Ok(end);
            }
            if boundary.is_some() && !with_ends {
                with_ends = true;
                continue;
            }
            let runs = in_order(runs, boundary);
            if runs.is_empty() && !nothing_waits {
                // The first commit is larger than a batch.
                batch = u64::MAX - 1;
                continue;
            }
            match self.place(end, &runs, &placed).await? {
                Some(end) if boundary.is_none() && !nothing_waits => return Ok(end),
                Some(_) => (deadline, batch) = (Instant::now() + limit, BATCH),
                None if Instant::now() > deadline => {
                    return Err(StoreError::TimedOut { what: TURN, limit });
                }
                None => {}
            }
        }
    }

    /// Reads so many runs, `with_ends` with what tells where their commits end.
    async fn queue(&self, batch: u64, with_ends: bool) -> Result<Queue, StoreError> {
        let FeedStatements { end, waiting, waiting_with_ends, .. } = &self.statements;
        let waiting = if with_ends { waiting_with_ends } else { waiting };
        let mut lease = self.acquire(&[waiting, end]).await?;
        let queue = self.answer(queue(&mut lease, waiting, end, batch)).await;
        lease.settle(queue)
    }

    /// Gives these runs the positions after one, and returns the last one. `None` where another one has given these. Takes
    /// out of the queue what has positions, if that is a lot.
    async fn place(
        &self,
        end: u64,
        waiting: &[Waiting],
        placed: &[u64],
    ) -> Result<Option<u64>, StoreError> {
        let runs = numbered(end, waiting);
        let last = runs.last().map_or(end, |run| run.position + run.events - 1);
        let mut statements = self.placing(&runs);
        if placed.len() + runs.len() >= PLACED {
            statements.push(self.leaving(placed.iter().copied().min().unwrap_or(end + 1), last));
        }
        let mut lease = self.acquire(&[]).await?;
        let mut messages = statements.chunks(STATEMENTS).peekable();
        let mut begin = BEGIN;
        while let Some(message) = messages.next() {
            let commit = if messages.peek().is_none() { "COMMIT" } else { "DO 0" };
            let message = AssertSqlSafe(format!("{begin}; {}; {commit}", message.join("; ")));
            begin = "DO 0";
            let placed = sqlx::raw_sql(message).execute(&mut *lease);
            match error::within(self.connections.limits.answer(), placed).await {
                Ok(_) => {}
                // Of three at once, one of which gives up, the server ends one.
                Err(error) if error::is_contended(&error) => {
                    self.answer(sqlx::raw_sql("ROLLBACK").execute(&mut *lease)).await?;
                    lease.give_back();
                    return Ok(None);
                }
                Err(error) if error::is_locked(&error) => {
                    let limit = self.connections.limits.busy;
                    return Err(StoreError::TimedOut { what: TURN, limit });
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        lease.give_back();
        self.recent.keep(end, last, runs);
        Ok(Some(last))
    }

    /// The statements that give runs their positions. They have numbers only.
    fn placing(&self, runs: &[Run]) -> Vec<String> {
        let rows = |runs: &[Run]| {
            let mut rows = String::new();
            for Run { position, seq, events } in runs {
                let comma = if rows.is_empty() { "" } else { "," };
                // Writing to a text can't fail.
                let _ = write!(rows, "{comma}({position},{seq},{events})");
            }
            format!("{} {rows}", self.statements.place)
        };
        runs.chunks(ROWS).map(rows).collect()
    }

    /// What takes out of the queue what has positions from this one on, up to that one. By keys: a list of numbers may be
    /// looked for by reading the whole queue, and that would wait for every append that isn't committed.
    fn leaving(&self, first: u64, last: u64) -> String {
        format!("{} p.position >= {first} AND p.position <= {last}", self.statements.leave)
    }
}

/// With the positions after one.
fn numbered(end: u64, waiting: &[Waiting]) -> Vec<Run> {
    let mut position = end + 1;
    let with_position = |waiting: &Waiting| {
        let run = Run { position, seq: waiting.seq, events: waiting.events };
        position += waiting.events;
        run
    };
    waiting.iter().map(with_position).collect()
}

async fn queue(
    connection: &mut MySqlConnection,
    waiting: &Statement,
    end: &Statement,
    batch: u64,
) -> Result<Queue, sqlx::Error> {
    let rows = sqlx::query(waiting.sql()).bind(batch + 1).fetch_all(&mut *connection).await?;
    let (runs, placed) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut queue = Queue { end: 0, runs, placed, boundary: None };
    if rows.is_empty() {
        let end = sqlx::query_scalar(end.sql()).fetch_optional(connection).await?;
        return Ok(Queue { end: end.unwrap_or_default(), ..queue });
    }
    for row in rows {
        queue.end = row.try_get::<Option<u64>, _>(0)?.unwrap_or_default();
        let (seq, events, commit) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        match row.try_get(5)? {
            Some(position) => queue.placed.push(position),
            None => queue.runs.push(Waiting { seq, events, commit, last: row.try_get(4)? }),
        }
    }
    // The server promises an order for the choice of these rows, not for the rows.
    queue.runs.sort_unstable_by_key(|run| run.seq);
    if (queue.runs.len() + queue.placed.len()) as u64 > batch {
        queue.boundary = queue.runs.pop().map(|run| run.seq);
    }
    Ok(queue)
}
