use std::time::Duration;

use super::{HandlerError, Retry};
use crate::RetryPolicy;
use crate::store::Position;

/// How a subscriber is run.
///
/// Each setting has a default; `#[event_subscriber]` sets what its arguments say, and
/// `Subscriptions::subscribe_with` what the program says.
#[derive(Debug, Clone)]
pub struct SubscriberOptions {
    pub(crate) lanes: u32,
    pub(crate) partitions: u32,
    pub(crate) batch: u32,
    pub(crate) start: Start,
    pub(crate) on_failure: OnFailure,
    pub(crate) transient: bool,
    pub(crate) retry: RetryPolicy,
    pub(crate) pauses: Pauses,
    pub(crate) lease: Duration,
    pub(crate) classify: fn(&HandlerError) -> Retry,
}

/// Each has a row in the store, and each process looks at all of them.
const MOST_PARTITIONS: u32 = 1_024;

/// Where a subscriber begins that has never run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    /// With the first event of the store.
    #[default]
    Beginning,
    /// With the first event after those that are stored when it starts.
    End,
    /// With the first event after this position.
    After(Position),
}

/// What becomes of an event whose handler fails for good, after the tries of the retry policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// It waits in the store and is tried again after pauses that grow, for ever, until it works. The later events of
    /// its entity wait behind it; other entities go on.
    #[default]
    Block,
    /// It counts as handled, with a warning. That is the stored event: where it means several events now and the handler of
    /// one of them fails, those after it aren't handled either.
    Skip,
    /// It waits in the store until somebody says `retry` or `skip`. The later events of its entity wait behind it; other
    /// entities go on.
    Park,
}

/// The pauses between the tries of an event that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pauses {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl SubscriberOptions {
    /// The defaults: 4 lanes, 16 partitions, batches of 256 events, from the beginning, 3 tries of an event within about
    /// a second, then blocking with pauses from 1 second to 5 minutes, leases of 15 seconds.
    pub const fn new() -> Self {
        SubscriberOptions {
            lanes: 4,
            partitions: 16,
            batch: 256,
            start: Start::Beginning,
            on_failure: OnFailure::Block,
            transient: false,
            retry: RetryPolicy::attempts(3)
                .backoff(Duration::from_millis(100), Duration::from_secs(1)),
            pauses: Pauses { first: Duration::from_secs(1), longest: Duration::from_secs(300) },
            lease: Duration::from_secs(15),
            classify: HandlerError::retry,
        }
    }

    /// How many events are handled at once in this process, each of another entity; 0 is taken as 1. More lanes than
    /// partitions do nothing.
    #[must_use]
    pub const fn lanes(mut self, lanes: u32) -> Self {
        self.lanes = if lanes == 0 { 1 } else { lanes };
        self
    }

    /// Into how many parts the entities are divided, which processes and lanes share among them; 0 is taken as 1, more than
    /// 1,024 as that. It is fixed when the subscriber starts for the first time: a later start with another number is
    /// refused.
    #[must_use]
    pub const fn partitions(mut self, partitions: u32) -> Self {
        self.partitions = match partitions {
            0 => 1,
            1..=MOST_PARTITIONS => partitions,
            _ => MOST_PARTITIONS,
        };
        self
    }

    /// How many events a lane handles at most before it stores how far it is, and at most in one transaction; 0 is taken
    /// as 1.
    #[must_use]
    pub const fn batch(mut self, events: u32) -> Self {
        self.batch = if events == 0 { 1 } else { events };
        self
    }

    /// Where it begins if it has never run before.
    #[must_use]
    pub const fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// What becomes of an event whose handler fails for good.
    #[must_use]
    pub const fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// Keeps nothing in the store: the subscriber begins anew with each process, as [`start`](Self::start) says, and has
    /// all events for itself.
    #[must_use]
    pub const fn transient(mut self, transient: bool) -> Self {
        self.transient = transient;
        self
    }

    /// How often an event is tried, at once and with what pauses, before [`on_failure`](Self::on_failure) decides. Its
    /// lane waits meanwhile. The others go on for as long as nothing new comes for it, and else for two more pages: so
    /// long pauses are the business of `on_failure`, where only the entity waits.
    ///
    /// An outage of the store counts for nothing: the event is tried until it is over.
    #[must_use]
    pub const fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// The pauses of [`OnFailure::Block`]: the first one, then twice as long each time, up to the longest.
    #[must_use]
    pub const fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.pauses = Pauses { first, longest };
        self
    }

    /// For how long a process has its partitions for itself without a sign of life. It gives one three times as often;
    /// what it held is taken over by others this long after its death. 0 is taken as a millisecond.
    #[must_use]
    pub const fn lease(mut self, lease: Duration) -> Self {
        self.lease = if lease.is_zero() { Duration::from_millis(1) } else { lease };
        self
    }

    /// Which errors are worth another try at once, and how often errors of this kind are. By default
    /// [`HandlerError::retry`] says.
    ///
    /// ```
    /// # use es_core::subscription::{HandlerError, Retry, SubscriberOptions};
    /// # use es_core::RetryPolicy;
    /// # use std::time::Duration;
    /// fn classify(error: &HandlerError) -> Retry {
    ///     match error.find::<std::io::Error>() {
    ///         // Five times in some minutes, since it may pass.
    ///         Some(_) => Retry::With(
    ///             RetryPolicy::attempts(5).backoff(Duration::from_secs(10), Duration::from_secs(60)),
    ///         ),
    ///         None => error.retry(),
    ///     }
    /// }
    /// let options = SubscriberOptions::new().retry_if(classify);
    /// ```
    #[must_use]
    pub const fn retry_if(mut self, classify: fn(&HandlerError) -> Retry) -> Self {
        self.classify = classify;
        self
    }

    /// How often an event is tried that fails with this error; `None` where no other try is worth it.
    pub(crate) fn retry_after(&self, error: &HandlerError) -> Option<RetryPolicy> {
        match (self.classify)(error) {
            Retry::Again => Some(self.retry),
            Retry::With(policy) => Some(policy),
            Retry::Never => None,
        }
    }
}

impl Default for SubscriberOptions {
    fn default() -> Self {
        Self::new()
    }
}
