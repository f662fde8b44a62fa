use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::partition::partition_of;
use super::shared::{CaughtUp, Shared};
use super::status::{self, SubscriberStatus};
use crate::store::{EventStore, Position, StoreError};
use crate::subscription::{
    ConsistencyToken, DeadLetter, EntityKey, StoredProgress, SubscriptionStore,
};

/// Between two looks at the store of who waits for a subscriber of another process.
const LOOKS: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(100)];

/// Shows how far subscribers are, and steers them: those of this process, and by what the store keeps of them, those of
/// others. [`Subscriptions::control`](super::Subscriptions::control) gives one.
#[derive(Clone)]
pub struct SubscriptionControl {
    store: Arc<dyn EventStore>,
    here: Arc<HashMap<&'static str, Observed>>,
}

/// A subscriber of this process.
#[derive(Clone)]
pub(super) struct Observed {
    pub(super) shared: Arc<Shared>,
    /// Where its progress is, if that isn't the store.
    pub(super) transient: Option<Arc<dyn SubscriptionStore>>,
}

impl SubscriptionControl {
    pub(super) fn new(store: Arc<dyn EventStore>, here: HashMap<&'static str, Observed>) -> Self {
        SubscriptionControl { store, here: Arc::new(here) }
    }

    /// How far a subscriber is. One of this process that has never been started is at the beginning, without partitions.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn status(&self, id: &str) -> Result<SubscriberStatus, ControlError> {
        let here = self.here.get(id).map(|here| &here.shared);
        let overcome = here.and_then(|here| here.overcome());
        let stored = self.progress(id).await?;
        if let (Some(here), 0) = (here, stored.waiting_events) {
            here.forget_error(overcome);
        }
        let last_error = here.and_then(|here| here.last_error());
        Ok(status::of(&*self.store, id, &status::wanted(id), stored, last_error).await?)
    }

    /// Stops a subscriber, in all processes, when each has finished its batch. The processes of others see it within a third
    /// of the lease. It stays paused when they start again.
    ///
    /// This is stored when the call returns, and handlers may still be at work then, in this process too. Who has to wait
    /// until none is asks for the [`status`](Self::status): its position stays where it is once the batches that were in
    /// hand are over.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn pause(&self, id: &str) -> Result<(), ControlError> {
        self.known(id).await?.set_paused(id, true).await?;
        self.nudge(id);
        Ok(())
    }

    /// Lets a paused subscriber go on where it stopped.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn resume(&self, id: &str) -> Result<(), ControlError> {
        self.known(id).await?.set_paused(id, false).await?;
        self.nudge(id);
        Ok(())
    }

    /// Lets a subscriber handle again, or for the first time, all events after a position: [`Position::START`] is all of
    /// them. Others of the store aren't concerned. Nothing of what is under way is stored any more, and of the events that
    /// wait, those up to the position do on.
    ///
    /// What its handlers did isn't undone: a view has to be emptied, or rebuilt beside by [`Rebuild`](super::Rebuild).
    ///
    /// # Errors
    /// [`ControlError::NotYet`] for a position after that of the newest event, which is `end` of the
    /// [`status`](Self::status): the next events would count as handled. Else see [`ControlError`].
    pub async fn reset(&self, id: &str, position: Position) -> Result<(), ControlError> {
        let subscriptions = self.known(id).await?;
        let end = self.store.feed_end().await?;
        if position > end {
            return Err(ControlError::NotYet { position, end });
        }
        subscriptions.reset(id, position).await?;
        self.nudge(id);
        Ok(())
    }

    /// Up to `limit` events that wait, by position, after this one.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn dead_letters(
        &self,
        id: &str,
        after: Position,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, ControlError> {
        Ok(self.known(id).await?.dead_letters(id, after, limit).await?)
    }

    /// Tries the waiting events of an entity again now, in order, or those of all entities. Returns how many wait.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn retry(&self, id: &str, entity: Option<&EntityKey>) -> Result<u64, ControlError> {
        let waiting = self.known(id).await?.retry(id, entity).await?;
        self.nudge(id);
        Ok(waiting)
    }

    /// Lets a waiting event count as handled, so that the next one of its entity gets its turn. Returns whether there was
    /// one at this position.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn skip(&self, id: &str, position: Position) -> Result<bool, ControlError> {
        let skipped = self.known(id).await?.skip(id, position).await?;
        self.nudge(id);
        Ok(skipped)
    }

    /// Forgets all that is stored of a subscriber that runs nowhere any more.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn remove(&self, id: &str) -> Result<(), ControlError> {
        Ok(self.known(id).await?.remove(id).await?)
    }

    /// Ends when a subscriber of this process has handled, for the first time, all that was stored; at once where that was
    /// before. With several processes, it is about this one's part.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] where this process doesn't run it; [`ControlError::Ended`] where its run has ended before,
    /// or couldn't be started.
    pub async fn caught_up(&self, id: &str) -> Result<(), ControlError> {
        let here = self.here.get(id).ok_or_else(|| ControlError::Unknown(id.to_owned()))?;
        match here.shared.caught_up().await {
            CaughtUp::Never => Err(ControlError::Ended(id.to_owned())),
            CaughtUp::Yes | CaughtUp::NotYet => Ok(()),
        }
    }

    /// Ends when a subscriber has handled the event that a change led to, so that its view shows the change. One of this
    /// process that has never been started is waited for.
    ///
    /// # Errors
    /// See [`WaitError`]: there is a limit, and an event that waits because a handler failed isn't waited for.
    pub async fn wait_for(
        &self,
        id: &str,
        token: &ConsistencyToken,
        limit: Duration,
    ) -> Result<(), WaitError> {
        match timeout(limit, self.wait(id, token)).await {
            Ok(waited) => waited,
            Err(_) => Err(WaitError::TimedOut { subscriber: id.to_owned(), limit }),
        }
    }

    async fn wait(&self, id: &str, token: &ConsistencyToken) -> Result<(), WaitError> {
        self.progress(id).await?;
        let subscriptions = self.subscriptions(id)?;
        let EntityKey { entity_type, entity_id } = &token.entity;
        let position = self.position(token).await.map_err(ControlError::from)?;
        let mut pause = LOOKS[0];
        let mut advances = self.here.get(id).map(|here| here.shared.advances());
        loop {
            let partitions =
                subscriptions.progress(id).await.map_err(ControlError::from)?.partitions;
            let partition = partition_of(entity_type, entity_id, partitions.len() as u32);
            let reached = partitions.iter().find(|found| found.partition == partition);
            if reached.is_some_and(|found| found.position >= position) {
                let queue = subscriptions.queue(id, &token.entity, 1).await;
                return match queue.map_err(ControlError::from)?.into_iter().next() {
                    Some(first) if first.position <= position => {
                        Err(WaitError::Waits(Box::new(first)))
                    }
                    _ => Ok(()),
                };
            }
            let look = tokio::time::sleep(pause);
            match &mut advances {
                Some(advances) => tokio::select! {
                    _ = advances.changed() => {}
                    () = look => {}
                },
                None => look.await,
            }
            pause = (pause * 2).min(LOOKS[1]);
        }
    }

    /// The position of an event, which it gets soon after its commit.
    async fn position(&self, token: &ConsistencyToken) -> Result<Position, StoreError> {
        let EntityKey { entity_type, entity_id } = &token.entity;
        let mut pause = LOOKS[0];
        loop {
            let found = self.store.position_of(entity_type, entity_id, token.version).await?;
            if let Some(position) = found {
                return Ok(position);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LOOKS[1]);
        }
    }

    /// How far a subscriber is that has been started before, or that this process will start.
    async fn progress(&self, id: &str) -> Result<StoredProgress, ControlError> {
        let stored = self.subscriptions(id)?.progress(id).await?;
        if stored.partitions.is_empty() && !self.here.contains_key(id) {
            return Err(ControlError::Unknown(id.to_owned()));
        }
        Ok(stored)
    }

    /// Where the progress of a subscriber is that has been started before.
    async fn known(&self, id: &str) -> Result<Arc<dyn SubscriptionStore>, ControlError> {
        let subscriptions = self.subscriptions(id)?;
        if subscriptions.progress(id).await?.partitions.is_empty() {
            return Err(ControlError::Unknown(id.to_owned()));
        }
        Ok(subscriptions)
    }

    fn subscriptions(&self, id: &str) -> Result<Arc<dyn SubscriptionStore>, ControlError> {
        let transient = self.here.get(id).and_then(|here| here.transient.clone());
        let subscriptions = transient.or_else(|| self.store.subscriptions());
        subscriptions.ok_or(ControlError::Store(StoreError::Unsupported("subscriptions")))
    }

    fn nudge(&self, id: &str) {
        if let Some(here) = self.here.get(id) {
            here.shared.nudge();
        }
    }
}

impl fmt::Debug for SubscriptionControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut here: Vec<_> = self.here.keys().collect();
        here.sort_unstable();
        f.debug_struct("SubscriptionControl").field("here", &here).finish_non_exhaustive()
    }
}

/// Why a subscriber couldn't be shown or steered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such subscriber: none of this id was ever started on this store.
    #[error("no subscriber `{0}` was started on this store")]
    Unknown(String),
    /// There is no event with this position yet.
    #[error(
        "there is no position {position} yet: the newest event is at {end}, and later ones would be passed over"
    )]
    NotYet {
        /// The position.
        position: Position,
        /// That of the newest event.
        end: Position,
    },
    /// The run of the subscriber has ended.
    #[error("`{0}` isn't run any more, and hadn't caught up")]
    Ended(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a change isn't known to be handled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// It took too long: the subscriber is behind, paused, or runs nowhere.
    #[error("`{subscriber}` hasn't handled it within {limit:?}")]
    TimedOut {
        /// The subscriber.
        subscriber: String,
        /// The limit.
        limit: Duration,
    },
    /// The event, or an earlier one of its entity, waits since its handler failed.
    #[error(
        "an event of {} `{}` waits since its handler failed: {}",
        .0.entity.entity_type, .0.entity.entity_id, .0.error.as_deref().unwrap_or("an earlier one did")
    )]
    Waits(Box<DeadLetter>),
    /// The subscriber couldn't be asked.
    #[error(transparent)]
    Control(#[from] ControlError),
}
