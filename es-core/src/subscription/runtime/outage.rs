use std::ops::ControlFlow;

use super::lane::Lane;
use super::page::{Page, Unit};
use crate::Transaction;
use crate::store::{Position, RawEvent, StoreError, StreamQuery};
use crate::subscription::HandlerError;

/// An event that loses the connection of its transaction time and again, while the store answers on others.
#[derive(Debug, thiserror::Error)]
#[error("the connection of its transaction is lost, while the store answers on another one: {_0}")]
struct LostConnection(String);

impl Lane {
    /// Rolls back a transaction in which a handler failed on this event, the `first` one in it or not. Gives the error; an
    /// outage where the connection is lost and that is no fault of the event, as far as is known.
    pub(super) async fn roll_back(
        &self,
        mut transaction: Transaction,
        page: &Page,
        unit: &Unit,
        first: bool,
        error: HandlerError,
    ) -> HandlerError {
        let query = StreamQuery::new(unit.entity_type, page.entity_id(unit)).limit(0);
        let lost = lost(&mut transaction, query, &error).await;
        // What a transaction that can't even be rolled back did is rolled back by the store.
        let _ = transaction.rollback().await;
        let Some(lost) = lost else { return error };
        let lost = HandlerError::new(lost);
        // An earlier one may have lost it, and passed over that.
        if first && self.store_answers().await { self.blame(unit.position, lost) } else { lost }
    }

    /// Whether the store answers, on whatever connection.
    pub(super) async fn store_answers(&self) -> bool {
        self.running.subscriptions.progress(&self.running.name).await.is_ok()
    }

    /// The error of an event that was alone in its transaction, and, if that is a lost connection, after which the store
    /// answered.
    ///
    /// The first time it stays an outage, which counts for nothing: one may have ended before the store was asked. It
    /// can't be the reason for the second time as well, since a transaction that has begun has a connection that works.
    pub(super) fn blame(&self, position: Position, error: HandlerError) -> HandlerError {
        if is_outage(&error) && self.running.shared.loses_connection(position) {
            HandlerError::new(LostConnection(error.to_string()))
        } else {
            error
        }
    }
}

/// What the connection of a transaction was lost with, if it is, after a handler failed with an error. An outage in that may
/// be one of another store.
async fn lost(
    transaction: &mut Transaction,
    query: StreamQuery<'_>,
    error: &HandlerError,
) -> Option<StoreError> {
    match transaction.load(query, &mut |_: RawEvent<'_>| ControlFlow::Break(())).await {
        Ok(_) => None,
        Err(lost @ StoreError::Unavailable(_)) => Some(lost),
        // It takes nothing more after an error.
        Err(_) => match error.find() {
            Some(lost @ StoreError::Unavailable(_)) => Some(lost.clone()),
            _ => None,
        },
    }
}

/// Whether the store can't be used at all, so that it is no fault of the event.
pub(super) fn is_outage(error: &HandlerError) -> bool {
    matches!(
        error.find::<StoreError>(),
        Some(
            StoreError::Unavailable(_)
                | StoreError::OutcomeUnknown(_)
                | StoreError::ReadOnly(_)
                | StoreError::Full(_)
        )
    )
}
