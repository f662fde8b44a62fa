use crate::store::Append;
use crate::{Aggregate, EventId, EventSet, Failure, ReplayError, ReplayFailure};

/// Adds events to an append, and folds them into the state as they will be read: from what is to be stored.
///
/// What can't be read back is so refused before it is stored, and the state after a change is the one that a load
/// gives. An event handler that panics on its own event leaves nothing behind either.
pub(crate) fn fold<A: Aggregate>(
    state: &mut Option<A>,
    append: &mut Append,
    events: Vec<A::Event>,
) -> Result<(), Failure> {
    for event in events {
        append.push(EventId::new(), event.stored())?;
        let Some(raw) = append.last() else { continue };
        A::replay(state, &raw).map_err(|reason| match reason {
            ReplayFailure::NotStarted(not_started) => Failure::from(not_started),
            reason => Failure::Unreadable(Box::new(ReplayError::new(&raw, reason))),
        })?;
    }
    Ok(())
}
