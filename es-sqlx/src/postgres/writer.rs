use std::sync::Arc;
use std::time::Duration;

use es_core::store::{Append, StoreError};
use futures_core::future::BoxFuture;
use tokio::time::sleep;

use super::Connections;
use super::error::{Limits, is_contended, is_lost};
use super::statements::Statements;
use super::transaction::PostgresTransaction;
use super::{append, doubt};
use crate::connections::Lease;
use crate::feed::Growth;
use crate::group::{Commit, Outcome};

/// How often appends are sent that the server refuses because of what others do at the same time.
const TRIES: u32 = 5;

/// Appends outside of transactions.
pub(super) struct Writer {
    pub(super) connections: Connections,
    pub(super) statements: Arc<Statements>,
    pub(super) growth: Growth,
}

impl Writer {
    pub(super) async fn begin(&self) -> Result<PostgresTransaction, StoreError> {
        let limits = *self.connections.limits();
        let mut tried = false;
        loop {
            let lease = self.connections.acquire().await?;
            let (statements, growth) = (Arc::clone(&self.statements), self.growth.clone());
            match PostgresTransaction::begin(lease, statements, limits, growth).await {
                Ok(transaction) => return Ok(transaction),
                Err(error) if is_lost(&error) && !tried => tried = true,
                Err(error) => return Err(limits.error(error)),
            }
        }
    }

    async fn append(&self, appends: &[Append]) -> Result<Vec<Outcome>, StoreError> {
        let lease = self.connections.acquire().await?;
        match self.send(lease, appends).await {
            Ok(outcomes) => Ok(outcomes),
            Err(error) if is_lost(&error) => doubt::resolve(self, appends, error).await,
            Err(error) => Err(self.connections.limits().refused(error)),
        }
    }

    /// Sends them, and again while the server refuses them as a whole for what others do. Nothing is stored then.
    pub(super) async fn send(
        &self,
        mut lease: Lease<Limits>,
        appends: &[Append],
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let mut attempt = 1;
        loop {
            let sent = append::append(&mut lease, &self.statements, appends);
            match self.connections.limits().wait(sent).await {
                Err(error) if is_lost(&error) => {
                    lease.give_up();
                    return Err(error);
                }
                Err(error) if attempt < TRIES && is_contended(&error) => {
                    sleep(Duration::from_millis(attempt.into())).await;
                    attempt += 1;
                }
                sent => {
                    lease.give_back();
                    return sent;
                }
            }
        }
    }
}

impl Commit for Writer {
    fn commit<'a>(
        &'a self,
        appends: &'a [Append],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, StoreError>> {
        Box::pin(async move {
            let _told = self.growth.told_at_the_end();
            self.append(appends).await
        })
    }
}
