use crate::decision::Decided;
use crate::store::Append;
use crate::{Aggregate, EventId, EventSet, Events, Failure, ReplayError, ReplayFailure};

/// Adds events to an append, and folds them into the state as they will be read: from what is to be stored.
///
/// What can't be read back is so refused before it is stored, and the state after a change is the one that a load
/// gives. An event handler that panics on its own event leaves nothing behind either. An event that deletes the entity is
/// the last one but for pseudo events.
pub(crate) fn fold<A: Aggregate>(
    state: &mut Option<A>,
    append: &mut Append,
    events: &Events<A>,
) -> Result<(), Failure> {
    for event in events.decided() {
        let stored = event.stored();
        if append.deletes && matches!(event, Decided::Event(_)) {
            return Err(Failure::EventAfterDeletion {
                entity_type: A::TYPE,
                event_type: stored.event_type(),
            });
        }
        append.push(EventId::new(), stored)?;
        append.deletes |= matches!(event, Decided::Event(event) if event.deletes());
        let Some(raw) = append.last() else { continue };
        A::replay(state, &raw).map_err(|reason| match reason {
            ReplayFailure::NotStarted(not_started) => Failure::from(not_started),
            reason => Failure::Unreadable(Box::new(ReplayError::new(&raw, reason))),
        })?;
    }
    Ok(())
}
