use jiff::Timestamp;

/// Tells the time of decisions and their events.
///
/// Any `Fn() -> Timestamp` is a clock. No order depends on it: streams are ordered by version.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// The time now in whole microseconds: the precision that every store keeps, so that an event read back has the time
/// that it was decided with.
pub(super) fn micros_now(clock: &dyn Clock) -> Timestamp {
    let now = clock.now();
    let micros = i64::try_from(now.as_nanosecond().div_euclid(1_000));
    micros.ok().and_then(|micros| Timestamp::from_microsecond(micros).ok()).unwrap_or(now)
}
