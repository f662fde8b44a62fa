//! Appends whose connection was lost: what became of them is looked up, before anything is sent again.

use std::sync::Arc;
use std::time::Duration;

use es_core::store::{Append, AppendError, Appended, StoreError};
use tokio::time::{Instant, sleep};

use super::append::{self, Found};
use super::writer::Writer;
use crate::group::Outcome;

/// How long to wait for the server, before it is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// Finds out which of these appends are stored, and sends the others once more.
///
/// Sending is safe even if the server is still at work on what was sent before: both expect the same version, so at
/// most one of the two is stored. Which one it was doesn't matter, for they are the same.
pub(super) async fn resolve(
    writer: &Writer,
    appends: &[Append],
    lost: sqlx::Error,
) -> Result<Vec<Outcome>, StoreError> {
    let unknown = StoreError::OutcomeUnknown(Arc::new(lost));
    let Ok(mut outcomes) = look_up(writer, appends).await else { return Err(unknown) };
    let missing: Vec<usize> = (0..appends.len()).filter(|&n| outcomes[n].is_none()).collect();
    if !missing.is_empty() {
        let again: Vec<Append> = missing.iter().map(|&n| appends[n].clone()).collect();
        for (n, outcome) in missing.into_iter().zip(send_again(writer, &again, &unknown).await) {
            outcomes[n] = Some(outcome);
        }
    }
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(append::unknown)).collect())
}

/// Sends what wasn't stored when it was looked up. Where it then loses, it may have lost to its own first sending.
async fn send_again(writer: &Writer, appends: &[Append], unknown: &StoreError) -> Vec<Outcome> {
    let sent = match writer.connections.acquire().await {
        Ok(lease) => writer.send(lease, appends).await.ok(),
        Err(_) => None,
    };
    let sent = match sent {
        Some(outcomes) if outcomes.iter().all(Result::is_ok) => return outcomes,
        Some(outcomes) => outcomes,
        None => appends.iter().map(|_| Err(unknown.clone().into())).collect(),
    };
    match look_up(writer, appends).await {
        Ok(found) => {
            found.into_iter().zip(sent).map(|(found, sent)| found.unwrap_or(sent)).collect()
        }
        Err(_) => sent
            .into_iter()
            .map(|sent| sent.map_err(|_| AppendError::Store(unknown.clone())))
            .collect(),
    }
}

/// Success for each append that is stored. Waits for a server that isn't there, as long as for a connection.
async fn look_up(writer: &Writer, appends: &[Append]) -> Result<Vec<Option<Outcome>>, StoreError> {
    let limits = writer.connections.limits();
    let deadline = Instant::now() + limits.acquire;
    loop {
        match look_up_once(writer, appends).await {
            Err(StoreError::Unavailable(_)) if Instant::now() < deadline => sleep(PAUSE).await,
            Err(error) => return Err(error),
            Ok(found) => {
                let outcome = |((_, found), append): ((i64, Found), &Append)| {
                    found.stored.then(|| Ok(Appended::new(append.version())))
                };
                return Ok(found.into_iter().zip(appends).map(outcome).collect());
            }
        }
    }
}

/// What is found of each of these appends, in their order.
async fn look_up_once(
    writer: &Writer,
    appends: &[Append],
) -> Result<Vec<(i64, Found)>, StoreError> {
    let mut lease = writer.connections.acquire().await?;
    let limits = writer.connections.limits();
    match limits.wait(append::look_up(&mut lease, &writer.statements, appends.iter())).await {
        Err(error) => {
            lease.give_up();
            Err(limits.error(error))
        }
        Ok(found) => {
            lease.give_back();
            Ok(found)
        }
    }
}
