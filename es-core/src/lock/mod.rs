//! `events.lock`: a file beside a crate's `Cargo.toml` that holds the shape of every stored event, so that a change of
//! what is stored is seen in review, and not in production.
//!
//! A test of one line keeps it, best among the unit tests of the crate that has the aggregates, because they are linked
//! there in any case:
//!
//! ```no_run
//! # // in a `#[test]`
//! es_core::assert_events_locked!();
//! ```
//!
//! `UPDATE_EVENTS_LOCK=1 cargo test` writes the file, which is checked in:
//!
//! ```text
//! Account
//!     AccountOpened version 1
//!         owner: string
//!     AccountOpened version 2
//!         currency: string
//!         owner: string
//! ```
//!
//! From then on the test fails
//!
//! * when an event's shape is another one and its version is the same, for a current version and for an older one that is
//!   a type;
//! * when a stored name or version isn't read any more, by no alias and by no step;
//! * when an event or a version is new and isn't in the file yet.
//!
//! Versions that only a step on JSON reads keep the shape that they had when they were current. Where several aggregates
//! read the events of one stored name, the file has the fields that any of them reads. Pseudo events have no handler, so
//! they aren't in it.
//!
//! Not all of a type can be seen from outside: look through the file for `any` and `..`, which stand for
//! [what isn't seen](crate::shape#what-isnt-seen). The test doesn't notice a change there. Where that matters, give the event
//! named fields in place of a tuple, and an externally tagged enum in place of one that is `untagged` or has a `tag`; or keep
//! the JSON of one such event in a test that reads it.

mod changes;
mod error;
mod file;
mod known;

use std::path::Path;
use std::{env, fs, io};

pub use self::changes::{Change, Changes, Difference};
pub use self::error::LockError;

use self::file::Entries;
use self::known::Known;
use crate::registry::{self, AggregateInfo};

/// The environment variable that has the file written.
pub const UPDATE: &str = "UPDATE_EVENTS_LOCK";

/// Fails the test whose crate's `events.lock` doesn't fit the events of the aggregates that are linked into it; see
/// [`lock`](crate::lock).
///
/// With `UPDATE_EVENTS_LOCK=1` in its environment it writes the file instead; but not where `CI` is set too.
#[macro_export]
macro_rules! assert_events_locked {
    () => {
        $crate::lock::assert_locked(::core::concat!(
            ::core::env!("CARGO_MANIFEST_DIR"),
            "/events.lock"
        ))
    };
}

/// As [`assert_events_locked!`](crate::assert_events_locked), with a file of one's own choice.
///
/// # Panics
/// With what changed and what to do, where the file doesn't fit, isn't there or can't be written.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a test fails")]
pub fn assert_locked(path: impl AsRef<Path>) {
    let is_set = |name| env::var_os(name).is_some_and(|value| !is_off(&value.to_string_lossy()));
    let path = path.as_ref();
    let outcome = match (is_set(UPDATE), is_set("CI")) {
        (false, _) => check(path, &registry::aggregates()),
        (true, false) => write(path, &registry::aggregates()),
        (true, true) => Err(LockError::NotOnCi),
    };
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Whether a variable of the environment says no.
fn is_off(value: &str) -> bool {
    matches!(value, "" | "0" | "false")
}

/// Compares the file with the events of these aggregates.
///
/// # Errors
/// [`LockError::Changed`]; or the file isn't there or can't be read.
pub fn check(path: &Path, aggregates: &[&AggregateInfo]) -> Result<(), LockError> {
    let locked = match read(path)? {
        Some(locked) => locked,
        None => return Err(LockError::Missing { path: path.into() }),
    };
    let changes = changes::between(&locked, &Known::of(aggregates));
    if changes.is_empty() { Ok(()) } else { Err(LockError::Changed { path: path.into(), changes }) }
}

/// Writes the file anew: what these aggregates read, and the shapes that it has of versions that only a step on JSON reads.
///
/// # Errors
/// The file can't be read or written.
pub fn write(path: &Path, aggregates: &[&AggregateInfo]) -> Result<(), LockError> {
    let locked = read(path)?.unwrap_or_default();
    let text = changes::update(&locked, &Known::of(aggregates)).to_string();
    fs::write(path, text).map_err(|source| LockError::Unwritable { path: path.into(), source })
}

/// The file, where there is one.
fn read(path: &Path) -> Result<Option<Entries>, LockError> {
    match fs::read_to_string(path) {
        Ok(text) => Entries::parse(&text)
            .map(Some)
            .map_err(|line| LockError::Malformed { path: path.into(), line }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(LockError::Unreadable { path: path.into(), source }),
    }
}
