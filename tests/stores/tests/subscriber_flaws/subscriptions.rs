//! What the store in memory keeps of subscribers, with a flaw.

use std::sync::Arc;
use std::time::Duration;

use es_core::store::{Position, StoreError};
use es_core::subscription::{
    Advance, AdvanceError, DeadLetter, EntityKey, Held, Lease, StoredProgress, SubscriptionStore,
};
use futures_core::future::BoxFuture;

use crate::flaw::Flaw;

pub(crate) struct FlawedSubscriptions {
    pub(crate) inner: Arc<dyn SubscriptionStore>,
    pub(crate) flaw: Option<Flaw>,
}

const LONG: Duration = Duration::from_secs(1_000_000);

/// The owner by the name that the store knows it by.
pub(crate) fn owner(owner: &str, flaw: Option<Flaw>) -> &str {
    if flaw == Some(Flaw::KnowsNoOwners) { "somebody" } else { owner }
}

impl FlawedSubscriptions {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    fn owner<'o>(&self, name: &'o str) -> &'o str {
        owner(name, self.flaw)
    }
}

/// Stores progress by `$store`, with a flaw.
macro_rules! flawed_advance {
    ($flaw:expr, $advance:expr, |$changed:ident| $store:expr) => {{
        let mut changed = *$advance;
        let mut letters = changed.add.to_vec();
        let mut failed = changed.failed.cloned();
        match $flaw {
            Some($crate::flaw::Flaw::LosesProgress) => changed.position = None,
            Some($crate::flaw::Flaw::ForgetsWhatWaits) => letters.clear(),
            Some($crate::flaw::Flaw::LosesErrors) => {
                letters.iter_mut().chain(&mut failed).for_each(|letter| letter.error = None);
            }
            Some($crate::flaw::Flaw::AddsAgain) => {
                for letter in &letters {
                    let $changed = &Advance::new(changed.subscriber, changed.owner, changed.leases)
                        .remove(letter.position);
                    $store?;
                }
            }
            _ => {}
        }
        changed.owner = $crate::subscriptions::owner(changed.owner, $flaw);
        changed.add = &letters;
        changed.failed = failed.as_ref();
        let $changed = &changed;
        match ($store, $flaw) {
            (
                Err(AdvanceError::Lost),
                Some($crate::flaw::Flaw::IgnoresLeases | $crate::flaw::Flaw::InventsSubscribers),
            ) => Ok(()),
            (outcome, _) => outcome,
        }
    }};
}
pub(crate) use flawed_advance;

impl SubscriptionStore for FlawedSubscriptions {
    fn register<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: u32,
        start: Position,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        let subscriber = if self.has(Flaw::TrimsNames) { subscriber.trim() } else { subscriber };
        Box::pin(async move {
            let beginning = self.has(Flaw::StartsAtTheBeginning);
            let start = if beginning { Position::START } else { start };
            let count = self.inner.register(subscriber, partitions, start).await?;
            Ok(if self.has(Flaw::RegistersAgain) { partitions } else { count })
        })
    }

    fn join<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        self.inner.join(subscriber, owner, if self.has(Flaw::CountsTheDead) { LONG } else { ttl })
    }

    fn leave<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        if self.has(Flaw::KeepsPartitions) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.leave(subscriber, owner)
    }

    fn acquire<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        at_most: u32,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        let at_most = if self.has(Flaw::GivesMore) { at_most + 1 } else { at_most };
        let ttl = if self.has(Flaw::LendsForEver) { LONG } else { ttl };
        self.inner.acquire(subscriber, self.owner(owner), at_most, ttl)
    }

    fn renew<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        if self.has(Flaw::RenewsNothing) {
            return self.inner.acquire(subscriber, self.owner(owner), 0, ttl);
        }
        self.inner.renew(subscriber, self.owner(owner), ttl)
    }

    fn release<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        leases: &'a [Held],
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        let leases = if self.has(Flaw::KeepsPartitions) { &[] } else { leases };
        self.inner.release(subscriber, self.owner(owner), leases)
    }

    fn advance<'a>(&'a self, advance: &'a Advance<'a>) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move {
            flawed_advance!(self.flaw, advance, |advance| self.inner.advance(advance).await)
        })
    }

    fn waiting<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        self.inner.waiting(subscriber, partitions)
    }

    fn due<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        if self.has(Flaw::KnowsNoTimes) {
            return self.inner.waiting(subscriber, partitions);
        }
        if self.has(Flaw::StarvesTheFirst) {
            return Box::pin(async move {
                let mut due = self.inner.due(subscriber, partitions, u32::MAX).await?;
                due.reverse();
                due.truncate(limit as usize);
                Ok(due)
            });
        }
        self.inner.due(subscriber, partitions, limit)
    }

    fn queue<'a>(
        &'a self,
        subscriber: &'a str,
        entity: &'a EntityKey,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        Box::pin(async move {
            let backwards = self.has(Flaw::QueuesBackwards);
            let asked = if backwards { u32::MAX } else { limit };
            let mut queue = self.inner.queue(subscriber, entity, asked).await?;
            if backwards {
                queue.reverse();
                queue.truncate(limit as usize);
            }
            if self.has(Flaw::EmptiesQueues) {
                queue.clear();
            }
            Ok(queue)
        })
    }

    fn dead_letters<'a>(
        &'a self,
        subscriber: &'a str,
        after: Position,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        self.inner.dead_letters(subscriber, after, limit)
    }

    fn retry<'a>(
        &'a self,
        subscriber: &'a str,
        entity: Option<&'a EntityKey>,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        if self.has(Flaw::RetriesNothing) {
            return Box::pin(async { Ok(0) });
        }
        self.inner.retry(subscriber, entity.filter(|_| !self.has(Flaw::RetriesAll)))
    }

    fn skip<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        if self.has(Flaw::SkipsNothing) {
            return Box::pin(async { Ok(false) });
        }
        self.inner.skip(subscriber, position)
    }

    fn set_paused<'a>(
        &'a self,
        subscriber: &'a str,
        paused: bool,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        self.inner.set_paused(subscriber, paused && !self.has(Flaw::PausesNothing))
    }

    fn reset<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        if self.has(Flaw::ResetsNothing) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.reset(subscriber, position)
    }

    fn remove<'a>(&'a self, subscriber: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        if self.has(Flaw::RemovesNothing) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.remove(subscriber)
    }

    fn progress<'a>(
        &'a self,
        subscriber: &'a str,
    ) -> BoxFuture<'a, Result<StoredProgress, StoreError>> {
        self.inner.progress(if self.has(Flaw::TrimsNames) { subscriber.trim() } else { subscriber })
    }
}
