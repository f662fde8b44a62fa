use std::fmt;

use super::{EventHandlerContext, HandlerError};
use crate::store::{Position, RawEvent};
use crate::{DecodeError, Event, ReplayError, ReplayFailure, Transaction};

/// An event on its way to a handler: as the store has it, in the shape that this program reads.
pub struct Delivery<'d> {
    pub(crate) raw: &'d RawEvent<'d>,
    pub(crate) position: Option<Position>,
    pub(crate) subscriber: &'d str,
    pub(crate) attempt: u32,
    pub(crate) transaction: Option<&'d mut Transaction>,
}

impl<'d> Delivery<'d> {
    /// What a handler takes.
    ///
    /// # Errors
    /// An event that can't be read.
    pub fn context<E: Event>(self) -> Result<EventHandlerContext<'d, E>, HandlerError> {
        Ok(self.split()?.0)
    }

    /// What a handler takes that is transactional.
    ///
    /// # Errors
    /// An event that can't be read, and a delivery without a transaction.
    pub fn transactional<E: Event>(
        self,
    ) -> Result<(EventHandlerContext<'d, E>, &'d mut Transaction), HandlerError> {
        let (context, transaction) = self.split()?;
        match transaction {
            Some(transaction) => Ok((context, transaction)),
            None => Err(HandlerError::permanent(NoTransaction)),
        }
    }

    fn split<E: Event>(
        self,
    ) -> Result<(EventHandlerContext<'d, E>, Option<&'d mut Transaction>), HandlerError> {
        let event = read(self.raw).map_err(|error| {
            HandlerError::permanent(ReplayError::new(self.raw, ReplayFailure::from(error)))
        })?;
        let context =
            EventHandlerContext::new(event, self.raw, self.position, self.subscriber, self.attempt);
        Ok((context, self.transaction))
    }
}

fn read<E: Event>(raw: &RawEvent<'_>) -> Result<E, DecodeError> {
    if raw.schema_version != E::VERSION {
        return Err(DecodeError::UnknownVersion { stored: raw.schema_version, known: E::VERSION });
    }
    Ok(E::read(raw.data)?)
}

impl fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("event", self.raw)
            .field("position", &self.position)
            .field("subscriber", &self.subscriber)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the handler takes the transaction, and was called without one")]
struct NoTransaction;

/// A handler that a subscriber doesn't have was called.
#[derive(Debug, thiserror::Error)]
#[error("`{subscriber}` has no handler number {number}")]
pub(crate) struct NoHandler {
    pub(crate) subscriber: &'static str,
    pub(crate) number: u32,
}
