use std::time::Duration;

/// How often an update is tried when others change the same entity at the same time, or a subscriber's handler when it fails.
///
/// An update: by default 10 times. Those who met in this process then take turns. Against other processes, each further try waits
/// for a random time before it, up to a bound that doubles from 2 ms to 250 ms, so that those who met once don't meet
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
    /// Waits are as long as they may be, not of a random length up to that.
    full: bool,
}

impl RetryPolicy {
    /// Tries so many times in all; 0 is taken as 1.
    pub const fn attempts(attempts: u32) -> Self {
        RetryPolicy {
            attempts: if attempts == 0 { 1 } else { attempts },
            first: Duration::from_millis(2),
            longest: Duration::from_millis(250),
            full: false,
        }
    }

    /// Tries once.
    pub const fn never() -> Self {
        Self::attempts(1)
    }

    /// Waits before the second try for at most `first`, before each further one for at most twice the time before,
    /// and never for more than `longest`.
    #[must_use]
    pub const fn backoff(self, first: Duration, longest: Duration) -> Self {
        RetryPolicy { first, longest, ..self }
    }

    /// Waits each time for as long as it may: tests leave nothing to chance.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn full_waits(self) -> Self {
        RetryPolicy { full: true, ..self }
    }

    /// The longest time that it waits.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }

    /// How many times it is tried in all.
    pub(crate) fn limit(&self) -> u32 {
        self.attempts
    }

    /// Waits after the failure of this attempt, the first of which is 1.
    pub(crate) async fn wait(&self, attempt: u32) {
        let bound =
            self.first.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(self.longest);
        sleep(if self.full { bound } else { bound.mul_f64(fastrand::f64()) }).await;
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::attempts(10)
    }
}

#[cfg(not(target_family = "wasm"))]
async fn sleep(time: Duration) {
    tokio::time::sleep(time).await;
}

/// There is no timer that all hosts of WebAssembly share: the other tasks get their turn, and that's it.
#[cfg(target_family = "wasm")]
async fn sleep(_: Duration) {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
