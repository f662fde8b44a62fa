use std::sync::atomic::Ordering;
use std::time::Duration;

use es_core::store::StoreError;
use sqlx::{Acquire, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use super::{PostgresFeed, Run};
use crate::postgres::error::is_canceled;

/// How long to leave the turn to another one before it is asked for again, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// How long it may take where there is more to do than a statement may take: after a long time without a reader, or in
/// another cluster.
const BACKLOG: Duration = Duration::from_secs(60 * 60);

/// What a step did.
struct Step {
    /// The last position before it.
    position: i64,
    /// How many events had no position.
    fresh: i64,
    /// The first runs that got theirs, from that position on. None where another step gives them.
    runs: Vec<Run>,
}

impl PostgresFeed {
    /// Gives positions to all events that are committed, or waits until another one has, and returns the last one.
    pub(super) async fn give_positions(&self) -> Result<u64, StoreError> {
        if !self.at_home.load(Ordering::Acquire) {
            self.come_home().await?;
            self.at_home.store(true, Ordering::Release);
        }
        let limit = self.connections.limits().patience();
        let deadline = Instant::now() + limit;
        let mut pause = PAUSES.0;
        loop {
            let Step { position, fresh, runs } = match self.step().await {
                Err(error) => {
                    // Behind a new connection there may be another cluster.
                    self.at_home.store(false, Ordering::Release);
                    return Err(error);
                }
                Ok(step) => step,
            };
            if fresh == 0 || !runs.is_empty() {
                let (after, end) = (position.cast_unsigned(), (position + fresh).cast_unsigned());
                if !runs.is_empty() {
                    let until = after + runs.iter().map(|(_, seqs)| seqs.len() as u64).sum::<u64>();
                    self.recent.keep(after, until, runs);
                }
                return Ok(end);
            }
            if Instant::now() + pause > deadline {
                return Err(StoreError::TimedOut { what: "turn to give positions", limit });
            }
            sleep(pause).await;
            pause = (2 * pause).min(PAUSES.1);
        }
    }

    async fn step(&self) -> Result<Step, StoreError> {
        let limits = self.connections.limits();
        let mut lease = self.connections.acquire().await?;
        let step = match limits.wait(self.step_on(&mut lease)).await {
            Err(error) if is_canceled(&error) => {
                lease.doubt();
                self.long_step(&mut lease).await
            }
            step => step.map_err(|error| limits.error(error)),
        };
        lease.settle(step)
    }

    async fn step_on(&self, connection: &mut PgConnection) -> Result<Step, sqlx::Error> {
        let rows = sqlx::query(self.statements.step.sql()).fetch_all(connection).await?;
        use sqlx::Row as _;
        let first = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let (position, fresh) = (first.try_get(0)?, first.try_get(1)?);
        let mut runs: Vec<Run> = Vec::new();
        for row in &rows {
            if let Some(after) = row.try_get(2)? {
                runs.push((after, row.try_get(3)?));
            }
        }
        runs.sort_unstable_by_key(|(after, _)| *after);
        Ok(Step { position, fresh, runs })
    }

    /// A step can't be done in parts, so it takes as long as it takes.
    async fn long_step(&self, connection: &mut PgConnection) -> Result<Step, StoreError> {
        self.patiently(async {
            let mut transaction = connection.begin().await?;
            sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(&mut *transaction).await?;
            let step = self.step_on(&mut transaction).await?;
            transaction.commit().await?;
            Ok(step)
        })
        .await
    }

    /// Makes the numbers of transactions those of this cluster of servers, if they are another's: after a dump was
    /// restored, or a major upgrade.
    async fn come_home(&self) -> Result<(), StoreError> {
        let mut lease = self.connections.acquire().await?;
        lease.doubt();
        let home = self.rebase_if_needed(&mut lease).await;
        lease.settle(home)
    }

    async fn rebase_if_needed(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        let limits = self.connections.limits();
        let is_home = sqlx::query_scalar(self.statements.cluster.sql()).fetch_one(&mut *connection);
        if limits.wait(is_home).await.map_err(|error| limits.error(error))? {
            return Ok(());
        }
        self.patiently(async {
            let mut transaction = connection.begin().await?;
            sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(&mut *transaction).await?;
            sqlx::query(self.statements.lock.sql()).execute(&mut *transaction).await?;
            // Another process may have done it while this one waited for the lock.
            let is_home: bool = sqlx::query_scalar(self.statements.cluster.sql())
                .fetch_one(&mut *transaction)
                .await?;
            if !is_home {
                sqlx::query(self.statements.rebase.sql()).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })
        .await
    }

    async fn patiently<T>(
        &self,
        exchange: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        let limits = self.connections.limits();
        match timeout(BACKLOG, exchange).await {
            Ok(done) => done.map_err(|error| limits.error(error)),
            Err(_) => Err(limits.error(limits.silence())),
        }
    }
}
