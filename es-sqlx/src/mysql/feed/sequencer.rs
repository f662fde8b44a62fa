use std::time::Duration;

use es_core::store::StoreError;
use sqlx::Row;
use tokio::time::{Instant, sleep};

use super::MySqlFeed;
use crate::statement::Statement;

/// How long to leave the turn to another one before it is asked for again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// What a step did.
enum Step {
    /// Another one has the turn.
    Busy,
    /// So many events got their positions, up to this one. There may be more, unless it was `all`.
    Done { end: u64, events: u64, all: bool },
}

impl MySqlFeed {
    /// Gives positions to all events that are committed, or waits until another one has, and returns the last one.
    pub(super) async fn give_positions(&self) -> Result<u64, StoreError> {
        let limit = self.connections.limits.answer();
        let mut deadline = Instant::now() + limit;
        let mut pause = PAUSES.0;
        let mut statement = &self.statements.step;
        loop {
            if let Some(end) = self.end_if_none_waits().await? {
                return Ok(end);
            }
            match self.step(statement).await? {
                Step::Done { end, all: true, .. } => return Ok(end),
                // The first commit in the queue is larger than a batch.
                Step::Done { events: 0, .. } => statement = &self.statements.whole_step,
                Step::Done { .. } => deadline = Instant::now() + limit,
                Step::Busy if Instant::now() + pause > deadline => {
                    return Err(StoreError::TimedOut { what: "turn to give positions", limit });
                }
                Step::Busy => {
                    sleep(pause).await;
                    pause = (2 * pause).min(PAUSES.1);
                }
            }
        }
    }

    async fn end_if_none_waits(&self) -> Result<Option<u64>, StoreError> {
        let statement = &self.statements.waiting;
        let mut connection = self.acquire(&[statement]).await?;
        let asked = sqlx::query_as(statement.sql()).fetch_one(&mut *connection);
        let (end, waiting): (u64, u64) = self.answer(asked).await?;
        Ok((waiting == 0).then_some(end))
    }

    async fn step(&self, statement: &Statement) -> Result<Step, StoreError> {
        let mut lease = self.acquire(&[&self.statements.waiting]).await?;
        // A transaction that isn't known to be over would have the turn for ever.
        lease.doubt();
        let rows = sqlx::raw_sql(statement.sql()).fetch_all(&mut *lease);
        let rows = self.answer(rows).await?;
        lease.give_back();
        let row = rows.last().ok_or_else(silent)?;
        let number = |column: usize| row.try_get::<Option<u64>, _>(column);
        let read = || -> Result<Step, sqlx::Error> {
            let Some(end) = number(0)? else { return Ok(Step::Busy) };
            let (events, all) = (number(1)?.unwrap_or_default(), number(2)? == Some(1));
            Ok(Step::Done { end, events, all })
        };
        read().map_err(|error| self.failed(error))
    }
}

fn silent() -> StoreError {
    StoreError::Corrupt("nothing was said of a step of the sequencer".to_owned())
}
