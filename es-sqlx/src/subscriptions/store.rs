use std::time::Duration;

use es_core::store::{Position, StoreError};
use es_core::subscription::{
    Advance, AdvanceError, DeadLetter, EntityKey, Held, Lease, StoredProgress, SubscriptionStore,
};
use futures_core::future::BoxFuture;

use super::arguments::Arguments;
use super::{SubscriptionDatabase, SubscriptionSession, about, advance, rows};
use crate::statement::Statement;

/// How often something is tried while others change the same.
const TRIES: u32 = 5;

/// What a database keeps of subscribers.
pub(crate) struct Subscriptions<D>(pub(crate) D);

/// Tries again what was refused because others change the same at the same time.
macro_rules! uncontended {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt.await {
                Err(error) if tries < TRIES && is_contended(&error) => tries += 1,
                done => break done,
            }
        }
    }};
}

trait MayBeContended {
    fn store_error(&self) -> Option<&StoreError>;
}

impl MayBeContended for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl MayBeContended for AdvanceError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            AdvanceError::Store(error) => Some(error),
            _ => None,
        }
    }
}

fn is_contended(error: &impl MayBeContended) -> bool {
    matches!(error.store_error(), Some(StoreError::Contended(_)))
}

impl<D: SubscriptionDatabase> Subscriptions<D> {
    fn about(&self, subscriber: &str) -> Arguments {
        about::<D::Session>(subscriber)
    }

    async fn register_once(
        &self,
        subscriber: &str,
        partitions: u32,
        start: Position,
    ) -> Result<u32, StoreError> {
        let (about, texts) = (self.about(subscriber).position(start), self.0.texts());
        let mut session = self.0.begin().await?;
        if session.change(&texts.register_first, about.json()).await? > 0 && partitions > 1 {
            let rest = about.clone().parts(1..partitions);
            session.change(&texts.register_rest, rest.json()).await?;
        }
        session.end().await?;
        let count = self.0.read(&texts.count, about.json(), None).await?;
        Ok(rows::<D::Session>().number(count)? as u32)
    }

    async fn join_once(
        &self,
        subscriber: &str,
        owner: &str,
        ttl: Duration,
    ) -> Result<u32, StoreError> {
        let (about, texts) = (self.about(subscriber), self.0.texts());
        let mut session = self.0.begin().await?;
        let joins = about.clone().owner(owner).ttl(ttl);
        session.change(&texts.join, joins.json()).await?;
        let expired = session.rows(&texts.expired, about.json(), None).await?;
        let expired = rows::<D::Session>().values(expired)?;
        if !expired.is_empty() {
            let gone = about.clone().owners(expired);
            session.change(&texts.forget_members, gone.json()).await?;
        }
        let members = session.rows(&texts.members, about.json(), None).await?;
        session.end().await?;
        Ok(rows::<D::Session>().number(members)? as u32)
    }

    async fn acquire_once(
        &self,
        subscriber: &str,
        owner: &str,
        at_most: u32,
        ttl: Duration,
    ) -> Result<Vec<Lease>, StoreError> {
        let (about, texts) = (self.about(subscriber).owner(owner).ttl(ttl), self.0.texts());
        let mut session = self.0.begin().await?;
        if at_most > 0 {
            let free = session.rows(&texts.free, about.json(), Some(at_most)).await?;
            let free = rows::<D::Session>().parts(free)?;
            if !free.is_empty() {
                session.change(&texts.take, about.clone().parts(free).json()).await?;
            }
        }
        let leases = session.rows(&texts.leases, about.json(), None).await?;
        session.end().await?;
        rows::<D::Session>().leases(leases)
    }

    async fn renew_once(
        &self,
        subscriber: &str,
        owner: &str,
        ttl: Duration,
    ) -> Result<Vec<Lease>, StoreError> {
        let (about, texts) = (self.about(subscriber).owner(owner).ttl(ttl), self.0.texts());
        let mut session = self.0.begin().await?;
        let own = session.rows(&texts.lock_own, about.json(), None).await?;
        let own = rows::<D::Session>().parts(own)?;
        session.change(&texts.renew, about.clone().parts(own).json()).await?;
        let leases = session.rows(&texts.leases, about.json(), None).await?;
        session.end().await?;
        rows::<D::Session>().leases(leases)
    }

    async fn leave_once(&self, subscriber: &str, owner: &str) -> Result<(), StoreError> {
        let (about, texts) = (self.about(subscriber).owner(owner), self.0.texts());
        let mut session = self.0.begin().await?;
        let own = session.rows(&texts.lock_own, about.json(), None).await?;
        let own = about.clone().parts(rows::<D::Session>().parts(own)?);
        session.change(&texts.release, own.json()).await?;
        session.change(&texts.leave, about.json()).await?;
        session.end().await
    }

    async fn release_once(
        &self,
        subscriber: &str,
        owner: &str,
        leases: &[Held],
    ) -> Result<(), StoreError> {
        if leases.is_empty() {
            return Ok(());
        }
        let (about, texts) = (self.about(subscriber).owner(owner), self.0.texts());
        let mut session = self.0.begin().await?;
        let held = about.clone().leases(leases);
        let held = session.rows(&texts.lock_held, held.json(), None).await?;
        let held = about.parts(rows::<D::Session>().parts(held)?);
        session.change(&texts.release, held.json()).await?;
        session.end().await
    }

    async fn advance_once(&self, progress: &Advance<'_>) -> Result<(), AdvanceError> {
        let mut session = self.0.begin().await?;
        if let Err(error) = advance(&mut session, self.0.texts(), progress).await {
            // Whoever takes partitions next would find them locked.
            session.back().await;
            return Err(error);
        }
        Ok(session.end().await?)
    }

    /// Changes all partitions, after they are locked, and then what else is to be changed.
    async fn change_all(
        &self,
        arguments: &Arguments,
        changes: &[&Statement],
    ) -> Result<(), StoreError> {
        let mut session = self.0.begin().await?;
        session.rows(&self.0.texts().lock_all, arguments.json(), None).await?;
        for change in changes {
            session.change(change, arguments.json()).await?;
        }
        session.end().await
    }

    async fn change_letters(
        &self,
        arguments: &Arguments,
        change: &Statement,
    ) -> Result<u64, StoreError> {
        let mut session = self.0.begin().await?;
        let changed = session.change(change, arguments.json()).await?;
        session.end().await?;
        Ok(changed)
    }
}

impl<D: SubscriptionDatabase> SubscriptionStore for Subscriptions<D> {
    fn register<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: u32,
        start: Position,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        Box::pin(async move { uncontended!(self.register_once(subscriber, partitions, start)) })
    }

    fn join<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<u32, StoreError>> {
        Box::pin(async move { uncontended!(self.join_once(subscriber, owner, ttl)) })
    }

    fn leave<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { uncontended!(self.leave_once(subscriber, owner)) })
    }

    fn acquire<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        at_most: u32,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        Box::pin(async move { uncontended!(self.acquire_once(subscriber, owner, at_most, ttl)) })
    }

    fn renew<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Vec<Lease>, StoreError>> {
        Box::pin(async move { uncontended!(self.renew_once(subscriber, owner, ttl)) })
    }

    fn release<'a>(
        &'a self,
        subscriber: &'a str,
        owner: &'a str,
        leases: &'a [Held],
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { uncontended!(self.release_once(subscriber, owner, leases)) })
    }

    fn advance<'a>(&'a self, advance: &'a Advance<'a>) -> BoxFuture<'a, Result<(), AdvanceError>> {
        Box::pin(async move { uncontended!(self.advance_once(advance)) })
    }

    fn waiting<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).parts(partitions.iter().copied());
            let found = self.0.read(&self.0.texts().waiting, arguments.json(), None).await?;
            rows::<D::Session>().entities(found)
        })
    }

    fn due<'a>(
        &'a self,
        subscriber: &'a str,
        partitions: &'a [u32],
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<EntityKey>, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).parts(partitions.iter().copied());
            let found = self.0.read(&self.0.texts().due, arguments.json(), Some(limit)).await?;
            rows::<D::Session>().entities(found)
        })
    }

    fn queue<'a>(
        &'a self,
        subscriber: &'a str,
        entity: &'a EntityKey,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).entity(Some(entity));
            let found = self.0.read(&self.0.texts().queue, arguments.json(), Some(limit)).await?;
            rows::<D::Session>().letters(found)
        })
    }

    fn dead_letters<'a>(
        &'a self,
        subscriber: &'a str,
        after: Position,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<DeadLetter>, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).position(after);
            let found = self.0.read(&self.0.texts().letters, arguments.json(), Some(limit)).await?;
            rows::<D::Session>().letters(found)
        })
    }

    fn retry<'a>(
        &'a self,
        subscriber: &'a str,
        entity: Option<&'a EntityKey>,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).entity(entity);
            uncontended!(self.change_letters(&arguments, &self.0.texts().retry))
        })
    }

    fn skip<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).position(position);
            let skips = &self.0.texts().remove_letter;
            Ok(uncontended!(self.change_letters(&arguments, skips))? > 0)
        })
    }

    fn set_paused<'a>(
        &'a self,
        subscriber: &'a str,
        paused: bool,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).paused(paused);
            uncontended!(self.change_all(&arguments, &[&self.0.texts().pause]))
        })
    }

    fn reset<'a>(
        &'a self,
        subscriber: &'a str,
        position: Position,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let (arguments, texts) = (self.about(subscriber).position(position), self.0.texts());
            uncontended!(self.change_all(&arguments, &[&texts.reset, &texts.forget_letters]))
        })
    }

    fn remove<'a>(&'a self, subscriber: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let (arguments, texts) =
                (self.about(subscriber).position(Position::START), self.0.texts());
            let changes = [&texts.remove_partitions, &texts.remove_members, &texts.forget_letters];
            uncontended!(self.change_all(&arguments, &changes))
        })
    }

    fn progress<'a>(
        &'a self,
        subscriber: &'a str,
    ) -> BoxFuture<'a, Result<StoredProgress, StoreError>> {
        Box::pin(async move {
            let arguments = self.about(subscriber).json();
            let found = self.0.read(&self.0.texts().progress, arguments, None).await?;
            rows::<D::Session>().progress(found)
        })
    }
}
