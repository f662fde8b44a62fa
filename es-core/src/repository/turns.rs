use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Lets the updates of one entity in this process take turns, from when two of them have met until none is left.
///
/// The optimistic lock alone keeps an entity right. But of many who update it at once, all but one have decided in vain,
/// and chance would have to bring each of them through; in line, each of them wins at once. An entity that nobody
/// competes for costs a look at an empty map.
pub(super) struct Turns(Arc<Mutex<Lines>>);

type Lines = HashMap<String, Arc<tokio::sync::Mutex<()>>>;

impl Turns {
    pub(super) fn new() -> Self {
        Turns(Arc::default())
    }

    /// Waits for the turn where others stand in line already.
    pub(super) async fn join(&self, entity_id: &str) -> Option<Turn> {
        let line = self.lines().get(entity_id).cloned()?;
        self.wait(entity_id, line).await
    }

    /// Waits for the turn, after a lost race.
    pub(super) async fn open(&self, entity_id: &str) -> Option<Turn> {
        let line = Arc::clone(self.lines().entry(entity_id.to_owned()).or_default());
        self.wait(entity_id, line).await
    }

    async fn wait(&self, entity_id: &str, line: Arc<tokio::sync::Mutex<()>>) -> Option<Turn> {
        // Made first, so that whoever goes away while waiting leaves no line behind.
        let mut turn =
            Turn { lines: Arc::clone(&self.0), entity_id: entity_id.to_owned(), held: None };
        turn.held = Some(within_limit(line.lock_owned()).await?);
        Some(turn)
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Turns {
    fn clone(&self) -> Self {
        Turns(Arc::clone(&self.0))
    }
}

/// The right to update an entity before the others of this process.
pub(super) struct Turn {
    lines: Arc<Mutex<Lines>>,
    entity_id: String,
    held: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        self.held = None;
        // The map's own, if nobody holds the line or stands in it.
        if lines.get(&self.entity_id).is_some_and(|line| Arc::strong_count(line) == 1) {
            lines.remove(&self.entity_id);
        }
    }
}

/// After 5 seconds somebody goes on without his turn: a command handler that is slow, or that updates other entities
/// itself, holds nobody up for good. Without a timer nobody waits.
#[cfg(not(target_family = "wasm"))]
async fn within_limit<F: Future>(turn: F) -> Option<F::Output> {
    tokio::time::timeout(std::time::Duration::from_secs(5), turn).await.ok()
}

#[cfg(target_family = "wasm")]
async fn within_limit<F: Future>(_: F) -> Option<F::Output> {
    None
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn nobody_waits_before_a_race_was_lost() {
        assert!(Turns::new().join("a").await.is_none());
    }

    #[tokio::test]
    async fn those_who_come_later_stand_in_line_until_the_turn_is_given_up() {
        let turns = Turns::new();
        let first = turns.open("a").await.unwrap();
        let (mut second, mut third) = (Box::pin(turns.join("a")), Box::pin(turns.open("a")));
        assert!(
            second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none()
        );
        assert!(turns.join("b").await.is_none(), "another entity has no line");
        drop(first);
        drop(second.await.unwrap());
        drop(third.await.unwrap());
        assert!(turns.lines().is_empty(), "a line was left behind");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_no_line_behind() {
        let turns = Turns::new();
        let first = turns.open("a").await.unwrap();
        let mut second = Box::pin(turns.join("a"));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(turns.lines().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_held_for_too_long_is_not_waited_for() {
        let turns = Turns::new();
        let _first = turns.open("a").await.unwrap();
        assert!(turns.open("a").await.is_none());
    }
}
