//! The smallest aggregate.

use core::fmt;

use es_core::prelude::*;

/// Counts once.
#[derive(Debug, Clone, Copy, Command)]
pub struct Count;

/// It was counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Event)]
pub struct Counted;

/// How often it was counted.
#[derive(Debug, Clone, Default)]
#[expect(missing_copy_implementations, reason = "a state isn't copied by accident")]
pub struct Counter {
    /// How often.
    count: u64,
}

#[aggregate]
impl Counter {
    /// Counts.
    #[command_handler]
    #[must_use]
    pub fn count(&self, _: Count) -> Option<Counted> {
        (self.count < u64::MAX).then_some(Counted)
    }

    /// Counted.
    #[event_handler]
    pub const fn counted(&mut self, _: Counted) {
        self.count = self.count.saturating_add(1);
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.count.fmt(f)
    }
}

/// Looks after each count.
#[derive(Debug)]
pub struct Bell {
    /// What is counted.
    counters: AggregateRepository<Counter>,
}

#[event_subscriber(id = "bell", lanes = 2, on_failure = park)]
impl Bell {
    /// A bell for these.
    #[must_use]
    pub const fn new(counters: AggregateRepository<Counter>) -> Self {
        Self { counters }
    }

    /// It was counted.
    #[event_handler]
    async fn ring(&self, cx: EventHandlerContext<'_, Counted>) -> Result<(), Failure> {
        let id = cx.id::<Counter>()?;
        let _found: Persisted<Counter> = self.counters.find(&id).await?;
        Ok(())
    }
}
