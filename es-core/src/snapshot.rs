//! How the state of an aggregate is kept beside its events, so that a load needn't begin with the first one.

use std::error::Error;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::shape::Shape;
use crate::{Timestamp, Version};

/// The most bytes of a name in the text of a shape.
const MAX_NAME_BYTES: usize = 100;

/// How snapshots of an aggregate are taken and read. Written by `#[aggregate(snapshot(…))]`.
///
/// A state is written as JSON and read back on the caller's way, before it is kept; that the store keeps it is waited for
/// only with [`with_append`](Self::with_append). So a large state makes each change that takes one slower, and `every` is to
/// be large then, or a memento small. What can't be written, or isn't read back, is told by a warning and not kept.
///
/// **A state has to come back from its JSON as it was.** It is the author's part to see to it, as with any type that is
/// stored: what serde leaves out (`#[serde(skip)]`) or can't tell apart comes back as something else. `Some(None)` and
/// `Some(())` become `None`, an infinite or undefined `f64` becomes `null`, and a variant of an untagged enum is read as the
/// first one that fits. Where a field is derived from others, a memento leaves it out and `From` computes it again.
///
/// ```
/// # use es_core::prelude::*;
/// use es_core::{SnapshotContext, Snapshots};
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct Counted;
///
/// #[derive(Default, Serialize, Deserialize)]
/// pub struct Counter { count: u64 }
///
/// #[aggregate(snapshot(every = 100, keep = 2))]
/// impl Counter {
///     #[event_handler]
///     fn counted(&mut self, _: &Counted) { self.count += 1; }
/// }
///
/// // The macro writes:
/// const SNAPSHOTS: Snapshots<Counter> = Snapshots::of_state("Counter").every(100).keep(2);
/// assert_eq!(SNAPSHOTS.shape(), Counter::SNAPSHOTS.expect("it has snapshots").shape());
/// ```
pub struct Snapshots<A> {
    name: &'static str,
    version: Option<u32>,
    of_data: fn() -> Shape,
    write: fn(&A) -> Result<Vec<u8>, serde_json::Error>,
    read: fn(&[u8]) -> Result<A, UnreadableSnapshot>,
    read_whole: fn(&[u8]) -> Result<A, UnreadableSnapshot>,
    due: Due<A>,
    keep: u32,
    with_append: bool,
}

/// When a snapshot is taken.
enum Due<A> {
    After(u64),
    Decides(fn(&SnapshotContext<'_, A>) -> bool),
}

impl<A> Snapshots<A> {
    /// Snapshots of the state itself, which has this name.
    pub const fn of_state(name: &'static str) -> Self
    where
        A: SnapshotData,
    {
        Self::new(name, A::shape, A::write, A::read, whole::<A>)
    }

    /// Snapshots of a memento, which has this name.
    pub const fn of_memento<M: Memento<A>>(name: &'static str) -> Self {
        Self::new(
            name,
            M::shape,
            |state| M::of(state).write(),
            |json| M::read(json)?.restore(),
            |json| whole::<M>(json)?.restore(),
        )
    }

    const fn new(
        name: &'static str,
        of_data: fn() -> Shape,
        write: fn(&A) -> Result<Vec<u8>, serde_json::Error>,
        read: fn(&[u8]) -> Result<A, UnreadableSnapshot>,
        read_whole: fn(&[u8]) -> Result<A, UnreadableSnapshot>,
    ) -> Self {
        let (due, keep, with_append) = (Due::After(100), 1, false);
        Snapshots { name, version: None, of_data, write, read, read_whole, due, keep, with_append }
    }

    /// Taken when so many events have come since the last one; 100 by default.
    #[must_use]
    pub const fn every(self, events: u64) -> Self {
        Snapshots { due: Due::After(events), ..self }
    }

    /// Taken when this says so.
    #[must_use]
    pub const fn strategy(self, is_due: fn(&SnapshotContext<'_, A>) -> bool) -> Self {
        Snapshots { due: Due::Decides(is_due), ..self }
    }

    /// The version of what the state means, to be raised when that changes; 1 by default.
    ///
    /// A state whose JSON doesn't show all of its [shape](crate::shape) has no snapshots without one: such a part might be
    /// changed, and nobody would notice. Whoever writes a version raises it with every change of such a part.
    #[must_use]
    pub const fn version(self, version: u32) -> Self {
        Snapshots { version: Some(version), ..self }
    }

    /// How many of an entity are kept; 1 by default.
    #[must_use]
    pub const fn keep(self, keep: u32) -> Self {
        Snapshots { keep, ..self }
    }

    /// Kept in the transaction of the append. By default it is kept after the append has returned, by a task of the runtime
    /// that the program doesn't wait for: one that ends right after its change, as a command line does, keeps none.
    #[must_use]
    pub const fn with_append(self) -> Self {
        Snapshots { with_append: true, ..self }
    }

    /// What snapshots are stored under: the name and the version, and a fingerprint of the shape of their JSON. A snapshot
    /// that was stored under another text is not read. Where an aggregate has events of later versions than 1 or upcasters, or
    /// skips unknown events, its repository adds a fingerprint of these versions and steps, and of the names that it knows.
    pub fn shape(&self) -> String {
        self.shape_and_whether_it_hides().0
    }

    /// As [`shape`](Self::shape), and whether that hides a part of the JSON, so that two types may have it in common. Takes
    /// some work to find.
    pub(crate) fn shape_and_whether_it_hides(&self) -> (String, bool) {
        let name = &self.name[..self.name.floor_char_boundary(MAX_NAME_BYTES)];
        let shape = (self.of_data)();
        let version = self.version.unwrap_or(1);
        (format!("{name}/{version}/{}", shape.fingerprint()), shape.hides())
    }

    /// The shape of the JSON.
    pub(crate) fn described(&self) -> Shape {
        (self.of_data)()
    }

    /// Whether its author says when the state means something else.
    pub(crate) fn has_version(&self) -> bool {
        self.version.is_some()
    }

    pub(crate) fn is_due(&self, cx: &SnapshotContext<'_, A>) -> bool {
        match self.due {
            Due::After(events) => cx.events_since_last() >= events,
            Due::Decides(is_due) => is_due(cx),
        }
    }

    /// The JSON of a state; a state that couldn't be read again is refused.
    pub(crate) fn write(&self, state: &A, hides: bool) -> Result<Vec<u8>, UnreadableSnapshot> {
        let json = (self.write)(state)?;
        self.read(&json, hides)?;
        Ok(json)
    }

    /// Reads the JSON. Where the shape hides something, it must be what would be written now.
    pub(crate) fn read(&self, json: &[u8], hides: bool) -> Result<A, UnreadableSnapshot> {
        if hides { (self.read_whole)(json) } else { (self.read)(json) }
    }

    pub(crate) const fn kept(&self) -> u32 {
        self.keep
    }

    pub(crate) const fn is_with_append(&self) -> bool {
        self.with_append
    }
}

impl<A> fmt::Debug for Snapshots<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshots")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("keep", &self.keep)
            .field("with_append", &self.with_append)
            .finish_non_exhaustive()
    }
}

/// What a strategy may ask when it decides whether to take a snapshot:
/// `fn is_due(cx: &SnapshotContext<'_, Account>) -> bool`.
///
/// ```
/// # use es_core::prelude::*;
/// use es_core::SnapshotContext;
/// # #[derive(Serialize, Deserialize, Event)]
/// # pub struct MonthClosed;
///
/// #[derive(Default, Serialize, Deserialize)]
/// pub struct Ledger { months: u32 }
///
/// /// At the end of each quarter, and at the latest after 500 events.
/// fn at_quarters(cx: &SnapshotContext<'_, Ledger>) -> bool {
///     cx.state().months % 3 == 0 || cx.events_since_last() >= 500
/// }
///
/// #[aggregate(snapshot(strategy = at_quarters))]
/// impl Ledger {
///     #[event_handler]
///     fn closed(&mut self, _: &MonthClosed) { self.months += 1; }
/// }
/// ```
pub struct SnapshotContext<'a, A> {
    state: &'a A,
    version: Version,
    events_since_last: u64,
    now: Timestamp,
}

impl<'a, A> SnapshotContext<'a, A> {
    /// What is known of an entity whose last snapshot was taken at version `last`; [`Version::NONE`] for none.
    pub(crate) fn new(state: &'a A, version: Version, last: Version, now: Timestamp) -> Self {
        let events_since_last = version.get().saturating_sub(last.get());
        SnapshotContext { state, version, events_since_last, now }
    }

    /// The state that would be kept.
    pub fn state(&self) -> &'a A {
        self.state
    }

    /// The version of its last event.
    pub fn version(&self) -> Version {
        self.version
    }

    /// How many events came since the last snapshot that can be read, or since the beginning.
    pub fn events_since_last(&self) -> u64 {
        self.events_since_last
    }

    /// The time, by the clock of the repository.
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl<A> fmt::Debug for SnapshotContext<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotContext")
            .field("version", &self.version)
            .field("events_since_last", &self.events_since_last)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// What can be kept as a snapshot: every type that is `Serialize` and `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be kept as a snapshot: it isn't both `Serialize` and `Deserialize`",
    label = "can't be written as JSON and read back",
    note = "write `#[derive(Serialize, Deserialize)]` on it, or keep another type in its place: `snapshot(memento = …)`"
)]
pub trait SnapshotData: Sized {
    /// The shape of its JSON.
    fn shape() -> Shape;

    /// Its JSON.
    ///
    /// # Errors
    /// What the type's own `Serialize` refuses, such as a map whose keys aren't text.
    fn write(&self) -> Result<Vec<u8>, serde_json::Error>;

    /// Reads the JSON.
    ///
    /// # Errors
    /// JSON that doesn't fit the type.
    fn read(json: &[u8]) -> Result<Self, UnreadableSnapshot>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SnapshotData for T {
    fn shape() -> Shape {
        Shape::of::<T>()
    }

    fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    fn read(json: &[u8]) -> Result<Self, UnreadableSnapshot> {
        Ok(serde_json::from_slice(json)?)
    }
}

/// Reads JSON that would be written so today, but for the order of what is in lists, which hashed sets have by chance.
fn whole<T: SnapshotData>(json: &[u8]) -> Result<T, UnreadableSnapshot> {
    let read = T::read(json)?;
    let value = |json| serde_json::from_slice(json).map(sorted);
    if value(&read.write()?)? == value(json)? { Ok(read) } else { Err(UnreadableSnapshot::Differs) }
}

fn sorted(json: Value) -> Value {
    match json {
        Value::Array(values) => {
            let mut values: Vec<Value> = values.into_iter().map(sorted).collect();
            values.sort_by_cached_key(Value::to_string);
            Value::Array(values)
        }
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, sorted(value))).collect())
        }
        value => value,
    }
}

/// What is kept in place of the state of `A`: every type that can be kept, is made of the state by `From<&A>`, and gives
/// it back by `TryFrom` or `From`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a memento of `{A}`",
    label = "not a memento of `{A}`",
    note = "a memento is stored: write `#[derive(Serialize, Deserialize)]` on it",
    note = "it is made of the state: `impl From<&{A}> for {Self}`",
    note = "it gives the state back: `impl From<{Self}> for {A}`, or `TryFrom` with an `Error` that is one"
)]
pub trait Memento<A>: SnapshotData {
    /// The memento of a state.
    fn of(state: &A) -> Self;

    /// The state.
    ///
    /// # Errors
    /// Where the memento is refused.
    fn restore(self) -> Result<A, UnreadableSnapshot>;
}

#[diagnostic::do_not_recommend]
impl<A, M> Memento<A> for M
where
    M: SnapshotData + for<'a> From<&'a A>,
    A: TryFrom<M, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    fn of(state: &A) -> Self {
        M::from(state)
    }

    fn restore(self) -> Result<A, UnreadableSnapshot> {
        A::try_from(self).map_err(|error| UnreadableSnapshot::Refused(error.into()))
    }
}

/// Why a snapshot isn't used. The events are read in its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnreadableSnapshot {
    /// Its JSON doesn't fit. The text has no part of it.
    #[error("its JSON doesn't fit ({:?} in line {}, column {})", .0.classify(), .0.line(), .0.column())]
    Malformed(#[from] serde_json::Error),
    /// It has other fields than would be written now.
    #[error("it has other fields now, in a part that the shape of its type doesn't show")]
    Differs,
    /// The aggregate refuses to be made of the memento.
    #[error("its memento is refused: {0}")]
    Refused(#[source] Box<dyn Error + Send + Sync>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, serde::Deserialize)]
    struct Account {
        owner: String,
        balance: u64,
    }

    // The text is stored: with another one, all snapshots of all users would be taken anew.
    #[test]
    fn the_shape_is_a_stored_format() {
        let snapshots = Snapshots::<Account>::of_state("Account").version(7);
        assert_eq!(snapshots.shape(), "Account/7/087d747fa6c05416b889c6a93f7ab672");
    }

    #[test]
    fn a_long_name_is_cut_between_letters() {
        let name: &'static str = Box::leak("é".repeat(60).into_boxed_str());
        assert!(
            Snapshots::<Account>::of_state(name)
                .shape()
                .starts_with(&format!("{}/1/", "é".repeat(50)))
        );
    }

    /// An optional field of a tagged enum isn't seen in its shape.
    #[test]
    fn what_the_shape_hides_is_compared() {
        #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
        #[serde(tag = "state")]
        enum Older {
            Draft { lines: std::collections::HashSet<u32> },
        }

        #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
        #[serde(tag = "state")]
        enum Newer {
            Draft { lines: std::collections::HashSet<u32>, last: Option<u32> },
        }

        let (older, newer) =
            (Snapshots::<Older>::of_state("Bill"), Snapshots::<Newer>::of_state("Bill"));
        assert!(older.shape_and_whether_it_hides() == newer.shape_and_whether_it_hides());
        assert!(older.shape_and_whether_it_hides().1);
        let state = Older::Draft { lines: (1..=9).collect() };
        let json = older.write(&state, true).unwrap();
        assert_eq!(older.read(&json, true).unwrap(), state);
        assert!(matches!(newer.read(&json, true), Err(UnreadableSnapshot::Differs)));
        assert!(!Snapshots::<Account>::of_state("Account").shape_and_whether_it_hides().1);
    }

    #[test]
    fn the_text_of_an_error_has_nothing_of_the_state() {
        let refused = Snapshots::<Account>::of_state("Account")
            .read(br#"{"owner":"Ada","balance":"secret"}"#, false);
        let text = refused.err().map(|error| error.to_string());
        assert_eq!(text.as_deref(), Some("its JSON doesn't fit (Data in line 1, column 33)"));
    }
}
