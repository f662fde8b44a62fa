use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long to rest for each event that got its position.
const FOR_EACH: Duration = Duration::from_micros(200);

/// Timers count in this unit, and round up.
const SHORTEST: Duration = Duration::from_millis(1);

/// The time between a step and the next one. While events come fast, fewer and larger steps leave the database to the
/// appends; after a few there is none, so that they are handled as soon as they may be.
#[derive(Default)]
pub(super) struct Rest(Option<Instant>);

impl Rest {
    /// The rest that begins now, after a step that gave positions to so many events.
    pub(super) fn after(events: u64, longest: Duration) -> Self {
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        let rest = FOR_EACH.saturating_mul(events).min(longest);
        Rest((rest >= SHORTEST).then(|| Instant::now() + rest))
    }

    /// Waits for its end.
    pub(super) async fn over(&self) {
        if let Some(end) = self.0.filter(|end| *end > Instant::now()) {
            sleep_until(end).await;
        }
    }
}
