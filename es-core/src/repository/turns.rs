use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// The right to update an entity before the others of this process.
///
/// The updates of one entity take turns from when two of them have met until none is left. The optimistic lock alone
/// keeps an entity right. But of many who update it at once, all but one have decided in vain, and chance would have to
/// bring each of them through; in line, each of them wins at once. An entity that nobody competes for costs a look at a
/// map.
pub(super) struct Turn {
    entity: Entity,
    held: Option<OwnedMutexGuard<()>>,
}

type Entity = (&'static str, String);
type Line = Arc<tokio::sync::Mutex<()>>;

/// The lines of this process. Entities of different stores may share one: that costs time, and changes nothing.
static LINES: LazyLock<Mutex<HashMap<Entity, Line>>> = LazyLock::new(Mutex::default);

fn lines() -> MutexGuard<'static, HashMap<Entity, Line>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn {
    /// Waits for the turn where others stand in line already.
    pub(super) async fn join(entity_type: &'static str, entity_id: &str) -> Option<Self> {
        let entity = (entity_type, entity_id.to_owned());
        let line = lines().get(&entity).cloned()?;
        Self::wait(entity, line).await
    }

    /// Waits for the turn, after a lost race.
    pub(super) async fn open(entity_type: &'static str, entity_id: &str) -> Option<Self> {
        let entity = (entity_type, entity_id.to_owned());
        let line = Arc::clone(lines().entry(entity.clone()).or_default());
        Self::wait(entity, line).await
    }

    async fn wait(entity: Entity, line: Line) -> Option<Self> {
        // Made first, so that whoever goes away while waiting leaves no line behind.
        let mut turn = Turn { entity, held: None };
        turn.held = Some(within_limit(line.lock_owned()).await?);
        Some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut lines = lines();
        self.held = None;
        // The map's own, if nobody holds the line or stands in it.
        if lines.get(&self.entity).is_some_and(|line| Arc::strong_count(line) == 1) {
            lines.remove(&self.entity);
        }
    }
}

/// After a second somebody goes on without his turn: a command handler that is slow, or that updates entities itself,
/// holds nobody up for good. Without a timer nobody waits.
#[cfg(not(target_family = "wasm"))]
async fn within_limit<F: Future>(turn: F) -> Option<F::Output> {
    tokio::time::timeout(std::time::Duration::from_secs(1), turn).await.ok()
}

#[cfg(target_family = "wasm")]
async fn within_limit<F: Future>(_: F) -> Option<F::Output> {
    None
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn has_line(entity_type: &'static str) -> bool {
        lines().keys().any(|(found, _)| *found == entity_type)
    }

    #[tokio::test]
    async fn nobody_waits_before_a_race_was_lost() {
        assert!(Turn::join("quiet", "a").await.is_none());
        assert!(!has_line("quiet"));
    }

    #[tokio::test]
    async fn those_who_come_later_stand_in_line_until_the_turn_is_given_up() {
        let first = Turn::open("busy", "a").await.unwrap();
        let (mut second, mut third) =
            (Box::pin(Turn::join("busy", "a")), Box::pin(Turn::open("busy", "a")));
        assert!(
            second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none()
        );
        assert!(Turn::join("busy", "b").await.is_none(), "another entity has no line");
        assert!(Turn::join("other", "a").await.is_none(), "another type has no line");
        drop(first);
        drop(second.await.unwrap());
        drop(third.await.unwrap());
        assert!(!has_line("busy"), "a line was left behind");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_no_line_behind() {
        let first = Turn::open("left", "a").await.unwrap();
        let mut second = Box::pin(Turn::join("left", "a"));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        drop(second);
        assert!(!has_line("left"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_held_for_too_long_is_not_waited_for() {
        let _first = Turn::open("slow", "a").await.unwrap();
        assert!(Turn::open("slow", "a").await.is_none());
    }
}
