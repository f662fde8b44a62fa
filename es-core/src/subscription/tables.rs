//! What a store keeps of subscribers, as plain values: the contract of
//! [`SubscriptionStore`](super::SubscriptionStore) without IO.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::store::{Advance, AdvanceError, Held, Lease, PartitionProgress, StoredProgress};
use super::{DeadLetter, EntityKey, NewDeadLetter};
use crate::store::Position;

/// All subscribers by their names. Times are durations since some moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables(BTreeMap<String, Subscriber>);

#[derive(Debug, Clone, Default)]
struct Subscriber {
    partitions: BTreeMap<u32, Partition>,
    members: BTreeMap<String, Duration>,
    letters: BTreeMap<Position, Letter>,
}

#[derive(Debug, Clone)]
struct Partition {
    position: Position,
    epoch: u64,
    owner: Option<String>,
    leased_until: Duration,
    paused: bool,
}

#[derive(Debug, Clone)]
struct Letter {
    letter: DeadLetter,
    due_at: Option<Duration>,
}

impl Tables {
    pub(crate) fn register(&mut self, subscriber: &str, partitions: u32, start: Position) -> u32 {
        let found = self.0.entry(subscriber.to_owned()).or_default();
        if found.partitions.is_empty() {
            let fresh = Partition {
                position: start,
                epoch: 0,
                owner: None,
                leased_until: Duration::ZERO,
                paused: false,
            };
            found.partitions = (0..partitions).map(|number| (number, fresh.clone())).collect();
        }
        found.partitions.len() as u32
    }

    pub(crate) fn join(
        &mut self,
        subscriber: &str,
        owner: &str,
        until: Duration,
        now: Duration,
    ) -> u32 {
        let members = &mut self.0.entry(subscriber.to_owned()).or_default().members;
        members.insert(owner.to_owned(), until);
        members.retain(|_, until| *until > now);
        members.len() as u32
    }

    pub(crate) fn leave(&mut self, subscriber: &str, owner: &str) {
        let Some(found) = self.0.get_mut(subscriber) else { return };
        found.members.remove(owner);
        let own = found.partitions.values_mut().filter(|partition| partition.is_of(owner));
        own.for_each(Partition::give_back);
    }

    pub(crate) fn acquire(
        &mut self,
        subscriber: &str,
        owner: &str,
        at_most: u32,
        until: Duration,
        now: Duration,
    ) -> Vec<Lease> {
        let Some(found) = self.0.get_mut(subscriber) else { return Vec::new() };
        let free = found.partitions.values_mut().filter(|partition| !partition.is_leased(now));
        for partition in free.take(at_most as usize) {
            partition.epoch += 1;
            partition.owner = Some(owner.to_owned());
            partition.leased_until = until;
        }
        found.leases(owner, now)
    }

    pub(crate) fn renew(
        &mut self,
        subscriber: &str,
        owner: &str,
        until: Duration,
        now: Duration,
    ) -> Vec<Lease> {
        let Some(found) = self.0.get_mut(subscriber) else { return Vec::new() };
        for partition in found.partitions.values_mut().filter(|partition| partition.is_of(owner)) {
            partition.leased_until = until;
        }
        found.leases(owner, now)
    }

    pub(crate) fn release(&mut self, subscriber: &str, owner: &str, leases: &[Held]) {
        let Some(found) = self.0.get_mut(subscriber) else { return };
        for held in leases {
            if let Some(partition) = found.held(owner, *held) {
                partition.give_back();
            }
        }
    }

    pub(crate) fn advance(
        &mut self,
        advance: &Advance<'_>,
        now: Duration,
    ) -> Result<(), AdvanceError> {
        let found = self.0.get_mut(advance.subscriber).ok_or(AdvanceError::Lost)?;
        if advance.leases.iter().any(|held| found.held(advance.owner, *held).is_none()) {
            return Err(AdvanceError::Lost);
        }
        for held in advance.leases {
            if let (Some(partition), Some(position)) =
                (found.held(advance.owner, *held), advance.position)
            {
                partition.position = partition.position.max(position);
            }
        }
        for letter in advance.add {
            found.letters.entry(letter.position).or_insert_with(|| Letter::new(letter, now));
        }
        if let Some(failed) = advance.failed
            && let Some(letter) = found.letters.get_mut(&failed.position)
        {
            *letter = Letter::new(failed, now);
        }
        if let Some(position) = advance.remove {
            found.letters.remove(&position);
        }
        Ok(())
    }

    pub(crate) fn waiting(&self, subscriber: &str, partitions: &[u32]) -> Vec<EntityKey> {
        let heads = self.heads(subscriber).into_iter();
        let wanted = heads.filter(|head| partitions.contains(&head.letter.partition));
        wanted.map(|head| head.letter.entity.clone()).collect()
    }

    pub(crate) fn due(
        &self,
        subscriber: &str,
        partitions: &[u32],
        limit: u32,
        now: Duration,
    ) -> Vec<EntityKey> {
        let mut due = self.heads(subscriber);
        due.retain(|head| {
            partitions.contains(&head.letter.partition)
                && head.due_at.is_some_and(|due_at| due_at <= now)
        });
        due.sort_by_key(|head| head.due_at);
        due.into_iter().map(|head| head.letter.entity.clone()).take(limit as usize).collect()
    }

    pub(crate) fn queue(
        &self,
        subscriber: &str,
        entity: &EntityKey,
        limit: u32,
    ) -> Vec<DeadLetter> {
        let letters = self.letters(subscriber, Position::START);
        letters.filter(|letter| letter.entity == *entity).take(limit as usize).cloned().collect()
    }

    pub(crate) fn dead_letters(
        &self,
        subscriber: &str,
        after: Position,
        limit: u32,
    ) -> Vec<DeadLetter> {
        self.letters(subscriber, after).take(limit as usize).cloned().collect()
    }

    pub(crate) fn retry(
        &mut self,
        subscriber: &str,
        entity: Option<&EntityKey>,
        now: Duration,
    ) -> u64 {
        let Some(found) = self.0.get_mut(subscriber) else { return 0 };
        let mut count = 0;
        for letter in found.letters.values_mut() {
            if entity.is_none_or(|entity| letter.letter.entity == *entity) {
                letter.due_at = Some(now);
                letter.letter.parked = false;
                count += 1;
            }
        }
        count
    }

    pub(crate) fn skip(&mut self, subscriber: &str, position: Position) -> bool {
        let found = self.0.get_mut(subscriber);
        found.is_some_and(|found| found.letters.remove(&position).is_some())
    }

    pub(crate) fn set_paused(&mut self, subscriber: &str, paused: bool) {
        let Some(found) = self.0.get_mut(subscriber) else { return };
        found.partitions.values_mut().for_each(|partition| partition.paused = paused);
    }

    pub(crate) fn reset(&mut self, subscriber: &str, position: Position) {
        let Some(found) = self.0.get_mut(subscriber) else { return };
        for partition in found.partitions.values_mut() {
            partition.position = position;
            partition.epoch += 1;
            partition.give_back();
        }
        found.letters.retain(|at, _| *at <= position);
    }

    pub(crate) fn remove(&mut self, subscriber: &str) {
        self.0.remove(subscriber);
    }

    pub(crate) fn fence(&self, live: &str, rebuilt: &str) -> Result<u32, AdvanceError> {
        let count = |name| self.0.get(name).map_or(0, |found| found.partitions.len() as u32);
        if count(rebuilt) == 0 { Err(AdvanceError::Lost) } else { Ok(count(live)) }
    }

    pub(crate) fn take_over(&mut self, live: &str, rebuilt: &str) -> Result<u32, AdvanceError> {
        let mut taken = self.0.remove(rebuilt).unwrap_or_default();
        if taken.partitions.is_empty() {
            return Err(AdvanceError::Lost);
        }
        taken.members.clear();
        let before = self.0.remove(live).unwrap_or_default();
        let highest = before.partitions.values().map(|partition| partition.epoch).max();
        let paused = before.partitions.values().any(|partition| partition.paused);
        for partition in taken.partitions.values_mut() {
            partition.epoch += highest.unwrap_or_default() + 1;
            partition.paused = paused;
            partition.give_back();
        }
        self.0.insert(live.to_owned(), Subscriber { members: before.members, ..taken });
        Ok(before.partitions.len() as u32)
    }

    pub(crate) fn progress(&self, subscriber: &str, now: Duration) -> StoredProgress {
        let Some(found) = self.0.get(subscriber) else { return StoredProgress::default() };
        let of_partition = |(number, partition): (&u32, &Partition)| PartitionProgress {
            partition: *number,
            position: partition.position,
            epoch: partition.epoch,
            owner: partition.owner.clone().filter(|_| partition.is_leased(now)),
        };
        StoredProgress {
            partitions: found.partitions.iter().map(of_partition).collect(),
            paused: found.partitions.values().any(|partition| partition.paused),
            members: found.members.values().filter(|until| **until > now).count() as u32,
            waiting_events: found.letters.len() as u64,
            parked_events: found.letters.values().filter(|letter| letter.letter.parked).count()
                as u64,
        }
    }

    /// The first waiting event of each entity.
    fn heads(&self, subscriber: &str) -> Vec<&Letter> {
        let Some(found) = self.0.get(subscriber) else { return Vec::new() };
        let mut seen = BTreeSet::new();
        found.letters.values().filter(|letter| seen.insert(&letter.letter.entity)).collect()
    }

    fn letters(&self, subscriber: &str, after: Position) -> impl Iterator<Item = &DeadLetter> {
        let letters = self.0.get(subscriber).into_iter().flat_map(|found| found.letters.values());
        letters.map(|letter| &letter.letter).filter(move |letter| letter.position > after)
    }
}

impl Subscriber {
    fn held(&mut self, owner: &str, held: Held) -> Option<&mut Partition> {
        let partition = self.partitions.get_mut(&held.partition)?;
        (partition.is_of(owner) && partition.epoch == held.epoch).then_some(partition)
    }

    fn leases(&self, owner: &str, now: Duration) -> Vec<Lease> {
        let own = self
            .partitions
            .iter()
            .filter(|(_, partition)| partition.is_of(owner) && partition.is_leased(now));
        own.map(|(number, partition)| Lease {
            held: Held { partition: *number, epoch: partition.epoch },
            position: partition.position,
            paused: partition.paused,
        })
        .collect()
    }
}

impl Partition {
    fn is_of(&self, owner: &str) -> bool {
        self.owner.as_deref() == Some(owner)
    }

    fn is_leased(&self, now: Duration) -> bool {
        self.owner.is_some() && self.leased_until > now
    }

    fn give_back(&mut self) {
        self.owner = None;
        self.leased_until = Duration::ZERO;
    }
}

impl Letter {
    fn new(letter: &NewDeadLetter, now: Duration) -> Self {
        Letter {
            letter: DeadLetter {
                entity: letter.entity.clone(),
                partition: letter.partition,
                position: letter.position,
                event_id: letter.event_id,
                attempts: letter.attempts,
                parked: letter.due_in.is_none(),
                error: letter.error.clone(),
            },
            due_at: letter.due_in.map(|due_in| now.saturating_add(due_in)),
        }
    }
}
