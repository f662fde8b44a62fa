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
    let time = micros.ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    // The last moments of time have no microseconds.
    time.or_else(|| Timestamp::from_second(now.as_second()).ok()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_whole_microseconds_is_never_later_and_reads_back() {
        for nanos in [1_700_000_000_123_456_789, 999, -1, -1_500, -1_700_000_000_123_456_789] {
            let now = Timestamp::from_nanosecond(nanos).unwrap();
            let micros = micros_now(&move || now);
            assert!(micros <= now && now.as_nanosecond() - micros.as_nanosecond() < 1_000);
            assert_eq!(Timestamp::from_microsecond(micros.as_microsecond()).unwrap(), micros);
        }
        for now in [Timestamp::MIN, Timestamp::MAX] {
            let micros = micros_now(&move || now);
            assert_eq!(Timestamp::from_microsecond(micros.as_microsecond()).unwrap(), micros);
        }
    }
}
