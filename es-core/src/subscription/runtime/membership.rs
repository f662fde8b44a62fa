use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::store::StoreError;
use crate::subscription::{Held, Lease, PartitionProgress, SubscriptionStore};

/// The part of a subscriber's partitions that this process has.
pub(super) struct Membership {
    subscriptions: Arc<dyn SubscriptionStore>,
    subscriber: String,
    owner: Arc<str>,
    lease: Duration,
}

impl Membership {
    pub(super) fn new(
        subscriptions: Arc<dyn SubscriptionStore>,
        subscriber: &str,
        lease: Duration,
    ) -> Self {
        let owner = format!("{}-{}", std::process::id(), Uuid::now_v7());
        Membership { subscriptions, subscriber: subscriber.to_owned(), owner: owner.into(), lease }
    }

    /// The name of this process's run of the subscriber.
    pub(super) fn owner(&self) -> &Arc<str> {
        &self.owner
    }

    /// Gives a sign of life, and takes partitions that are free as far as they are this process's share. Returns what
    /// it has, and how much of that is more than its share.
    pub(super) async fn renew(&self) -> Result<(Vec<Lease>, usize), StoreError> {
        let Membership { subscriptions, subscriber, owner, lease } = self;
        let members = subscriptions.join(subscriber, owner, *lease).await?;
        let mut leases = subscriptions.renew(subscriber, owner, *lease).await?;
        let stored = subscriptions.progress(subscriber).await?;
        let share = share(&stored.partitions, members, owner);
        if leases.len() < share {
            let more = (share - leases.len()) as u32;
            leases = subscriptions.acquire(subscriber, owner, more, *lease).await?;
        }
        let excess = leases.len().saturating_sub(share);
        Ok((leases, excess))
    }

    /// Gives a sign of life, and takes nothing more.
    pub(super) async fn stay(&self) -> Result<(), StoreError> {
        self.subscriptions.renew(&self.subscriber, &self.owner, self.lease).await.map(drop)
    }

    /// Gives partitions back.
    pub(super) async fn release(&self, held: &[Held]) -> Result<(), StoreError> {
        self.subscriptions.release(&self.subscriber, &self.owner, held).await
    }

    /// Gives all back and says that this process is gone.
    pub(super) async fn leave(&self) -> Result<(), StoreError> {
        self.subscriptions.leave(&self.subscriber, &self.owner).await
    }
}

/// How many partitions a process should have: each the same number, and some, where they don't come out even, one more.
/// Those who have one more already keep it.
fn share(partitions: &[PartitionProgress], members: u32, owner: &str) -> usize {
    let members = members.max(1) as usize;
    let (each, uneven) = (partitions.len() / members, partitions.len() % members);
    let mut owners: Vec<&str> = partitions.iter().filter_map(|p| p.owner.as_deref()).collect();
    owners.sort_unstable();
    let with_more: Vec<&str> = owners
        .chunk_by(|left, right| left == right)
        .filter(|own| own.len() > each)
        .map(|own| own[0])
        .collect();
    let before = match with_more.iter().position(|with_more| *with_more == owner) {
        Some(rank) => rank,
        None => with_more.len(),
    };
    if before < uneven { each + 1 } else { each }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Position;

    fn owned(owners: &[&str]) -> Vec<PartitionProgress> {
        let partition = |(number, owner): (usize, &&str)| PartitionProgress {
            partition: number as u32,
            position: Position::START,
            epoch: 1,
            owner: (!owner.is_empty()).then(|| (*owner).to_owned()),
        };
        owners.iter().enumerate().map(partition).collect()
    }

    #[test]
    fn a_process_alone_has_all() {
        assert_eq!(share(&owned(&["", "", ""]), 1, "a"), 3);
        assert_eq!(share(&owned(&["a", "a", "a"]), 1, "a"), 3);
    }

    #[test]
    fn one_who_comes_later_gets_the_same_as_the_others() {
        let taken = owned(&["a", "a", "a", "a"]);
        assert_eq!((share(&taken, 2, "a"), share(&taken, 2, "b")), (2, 2));
    }

    #[test]
    fn who_has_the_odd_one_keeps_it() {
        let taken = owned(&["a", "b", "b", "a", "b"]);
        assert_eq!((share(&taken, 2, "a"), share(&taken, 2, "b")), (2, 3));
        assert_eq!(share(&owned(&["a", "a", "b", "", ""]), 3, "c"), 2);
    }

    #[test]
    fn shares_of_any_number_of_processes_come_out_as_all_partitions() {
        for members in 1..20_u32 {
            let names: Vec<_> = (0..members).map(|name| format!("{name:02}")).collect();
            let mut partitions = owned(&[""; 16]);
            // Each takes what is free of its share and gives back what is more, until nothing changes.
            for _ in 0..members * 3 {
                for name in &names {
                    let share = share(&partitions, members, name);
                    let own = |p: &&mut PartitionProgress| p.owner.as_deref() == Some(&**name);
                    let has = partitions.iter_mut().filter(own).count();
                    partitions.iter_mut().filter(own).skip(share).for_each(|p| p.owner = None);
                    let free = partitions.iter_mut().filter(|p| p.owner.is_none());
                    free.take(share.saturating_sub(has)).for_each(|p| p.owner = Some(name.clone()));
                }
            }
            assert!(partitions.iter().all(|p| p.owner.is_some()), "{members}: {partitions:?}");
            let counts: Vec<_> = names
                .iter()
                .map(|name| partitions.iter().filter(|p| p.owner.as_ref() == Some(name)).count())
                .collect();
            let (least, most) = (
                counts.iter().min().copied().unwrap_or_default(),
                counts.iter().max().copied().unwrap_or_default(),
            );
            assert!(most - least <= 1, "{members}: {counts:?}");
        }
    }
}
