use std::sync::Arc;
use std::time::Duration;

use es_core::store::{Append, StoreError};
use futures_core::future::BoxFuture;
use uuid::Uuid;

use super::append::{self, Failure};
use super::connections::Connections;
use super::error;
use super::script::Place;
use super::transaction::MySqlTransaction;
use crate::feed::Growth;
use crate::group::{Commit, Outcome};

/// How often an append is tried that fails through no fault of its own.
const TRIES: u32 = 10;

/// Stores appends in transactions of their own.
pub(super) struct Writer {
    pub(super) connections: Arc<Connections>,
    growth: Growth,
}

impl Writer {
    pub(super) fn new(connections: Arc<Connections>, growth: Growth) -> Self {
        Writer { connections, growth }
    }

    pub(super) async fn begin(&self) -> Result<MySqlTransaction, StoreError> {
        let mut tested = false;
        loop {
            match MySqlTransaction::begin(&self.connections, &self.growth, tested).await {
                Ok(transaction) => return Ok(transaction),
                // The server may have hung up on a connection that nobody used.
                Err(lost) if !tested && error::is_lost(&lost) && !error::is_late(&lost) => {
                    tested = true;
                }
                Err(error) => return Err(self.connections.limits.error(error)),
            }
        }
    }

    async fn attempt(&self, appends: &[Append], tested: bool) -> Result<Vec<Outcome>, Failure> {
        let server = self.connections.server();
        let all: Vec<&Append> = appends.iter().collect();
        let direct = server.statements.direct.statement(server, &all);
        let mut statements = self.connections.appending().to_vec();
        statements.extend(&direct);
        let mut lease = self.connections.lease(&statements, tested).await?;
        let outcomes = append::append(&mut lease, server, Place::Alone, appends).await;
        let Err(failure) = &outcomes else {
            lease.give_back();
            return outcomes;
        };
        // The server leaves the transaction of a statement that failed open.
        let closed = if error::is_lost(&failure.error) {
            false
        } else {
            let rollback = sqlx::raw_sql("ROLLBACK").execute(&mut *lease);
            error::within(self.connections.limits.answer(), rollback).await.is_ok()
        };
        if closed {
            lease.give_back()
        } else {
            lease.give_up()
        }
        outcomes
    }
}

impl Commit for Writer {
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let _told = self.growth.told_at_the_end();
            let (mut uncertain, mut tested) = (false, false);
            for attempt in 1.. {
                let failure = match self.attempt(appends, tested).await {
                    Ok(outcomes) => return Ok(outcomes),
                    Err(failure) => failure,
                };
                uncertain |= failure.uncertain;
                let lost = error::is_lost(&failure.error);
                let again = if lost {
                    // Also after a commit whose outcome isn't known: an append finds what it has stored before.
                    !tested && !error::is_late(&failure.error)
                } else {
                    attempt < TRIES && error::is_contended(&failure.error)
                };
                if again {
                    tested |= lost;
                    pause(attempt).await;
                    continue;
                }
                return Err(match failure.error {
                    error if uncertain => StoreError::OutcomeUnknown(Arc::new(error)),
                    // One of them is locked; the others must not suffer for it, so it isn't told as what all have to wait for.
                    error if appends.len() > 1 && error::is_locked(&error) => {
                        StoreError::Contended(Arc::new(error))
                    }
                    error if error::is_taken(&error) => {
                        StoreError::Corrupt(format!("{error}, though it was free"))
                    }
                    error => self.connections.limits.error(error),
                });
            }
            Ok(Vec::new())
        })
    }
}

/// Lets others finish, each for another time.
async fn pause(attempt: u32) {
    let most = 1_u64 << attempt.min(6);
    let random = Uuid::now_v7().as_u128() as u64;
    tokio::time::sleep(Duration::from_millis(random % most)).await;
}
