use std::fmt;

/// How many events of an entity are stored: 1 after its first event, 2 after its second.
///
/// The order of a stream is the order of its versions; clocks have no say in it. A version is also the optimistic
/// lock: an append names the version that it was decided at, and fails when the stored one differs.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Version(u64);

impl Version {
    /// Before the first event: the entity doesn't exist.
    pub const NONE: Version = Version(0);

    /// The version after `events` events.
    pub const fn new(events: u64) -> Self {
        Version(events)
    }

    /// The number of events.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version after `events` more events.
    #[must_use]
    pub const fn plus(self, events: u64) -> Self {
        Version(self.0 + events)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u64> for Version {
    fn from(events: u64) -> Self {
        Version(events)
    }
}

impl PartialEq<u64> for Version {
    fn eq(&self, other: &u64) -> bool {
        self.0 == *other
    }
}
