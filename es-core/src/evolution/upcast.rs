use std::error::Error;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::part::Part;
use crate::registry::EventInfo;
use crate::store::RawEvent;
use crate::{DecodeError, EventContext, EventId};

/// What the JSON of an older version means now: an `#[upcaster]` returns it, where it isn't just the JSON of the next
/// version.
///
/// ```
/// use es_core::evolution::Upcast;
/// use serde_json::json;
///
/// let one = Upcast::from(json!({ "cents": 3 }));
/// let two = Upcast::to("MoneyWithdrawn", json!({ "cents": 3 })).and("FeeCharged", json!({ "cents": 1 }));
/// let none = Upcast::nothing();
/// # assert_eq!([one, two, none].map(|upcast| upcast.len()), [1, 2, 0]);
/// ```
///
/// The first part keeps the id of the event; the others have ids of their own, which are derived from it and are the same
/// each time. So it is with the parts of parts, and a step that is added for one of these leaves all other ids as they are.
/// All have the version, time and metadata of the stored event.
#[derive(Default)]
pub struct Upcast {
    /// Apart from the others, since most have one part only: these need no allocation.
    first: Option<UpcastPart>,
    others: Vec<UpcastPart>,
}

/// The stored type, where the part has another than the event, and the JSON.
type UpcastPart = (Option<&'static str>, Value);

impl Upcast {
    /// The event doesn't count any more. It keeps its version in the stream.
    ///
    /// An entity all of whose events are dropped has no state, but still has its stream: `find` and `update` fail with
    /// [`Failure::NotFound`](crate::Failure::NotFound), and `save_as` with
    /// [`Failure::AlreadyExists`](crate::Failure::AlreadyExists).
    pub fn nothing() -> Self {
        Upcast::default()
    }

    /// It is an event of this stored type, in the version that `into` says.
    pub fn to(event_type: &'static str, json: Value) -> Self {
        Upcast::nothing().and(event_type, json)
    }

    /// It is this one too, after the others.
    #[must_use]
    pub fn and(mut self, event_type: &'static str, json: Value) -> Self {
        let part = (Some(event_type), json);
        match self.first {
            None => self.first = Some(part),
            Some(_) => self.others.push(part),
        }
        self
    }

    /// How many events it is.
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    /// Whether it is no event.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn parts(&self) -> impl Iterator<Item = &UpcastPart> {
        self.first.iter().chain(&self.others)
    }
}

impl From<Value> for Upcast {
    fn from(json: Value) -> Self {
        Upcast { first: Some((None, json)), others: Vec::new() }
    }
}

/// Leaves the JSON out: it may hold what must not be logged.
impl fmt::Debug for Upcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parts().map(|(event_type, _)| event_type)).finish()
    }
}

/// Why an upcaster can't say what an event means.
pub type UpcastError = Box<dyn Error + Send + Sync>;

/// What an `#[upcaster]` may return.
#[diagnostic::on_unimplemented(
    message = "an upcaster can't return `{Self}`",
    label = "not JSON",
    note = "return `Value` for the JSON of the next version, `Option<Value>` where there may be none, `Upcast` for several events or another type, or a `Result` around any of these"
)]
pub trait IntoUpcast {
    /// What the JSON means now.
    ///
    /// # Errors
    /// The upcaster's own.
    fn into_upcast(self) -> Result<Upcast, UpcastError>;
}

impl IntoUpcast for Upcast {
    fn into_upcast(self) -> Result<Upcast, UpcastError> {
        Ok(self)
    }
}

impl IntoUpcast for Value {
    fn into_upcast(self) -> Result<Upcast, UpcastError> {
        Ok(self.into())
    }
}

impl IntoUpcast for Option<Value> {
    fn into_upcast(self) -> Result<Upcast, UpcastError> {
        Ok(self.map(Upcast::from).unwrap_or_default())
    }
}

impl<T: IntoUpcast, E: Into<UpcastError>> IntoUpcast for Result<T, E> {
    fn into_upcast(self) -> Result<Upcast, UpcastError> {
        self.map_err(Into::into)?.into_upcast()
    }
}

/// A step from a version of a stored type: an `#[upcaster]`.
#[derive(Clone, Copy, Serialize)]
pub struct Upcaster {
    pub(crate) event_type: &'static str,
    pub(crate) from: u32,
    /// The stored types and versions that it leads to; where there are none, to the next version.
    pub(crate) into: &'static [(&'static str, u32)],
    pub(crate) method: &'static str,
    #[serde(skip)]
    apply: fn(Value, &EventContext<'_>) -> Result<Upcast, UpcastError>,
}

impl Upcaster {
    /// The step that `apply` takes. Without `into` it leads to the next version of the same stored type.
    pub const fn new(
        event_type: &'static str,
        from: u32,
        into: &'static [(&'static str, u32)],
        method: &'static str,
        apply: fn(Value, &EventContext<'_>) -> Result<Upcast, UpcastError>,
    ) -> Self {
        Upcaster { event_type, from, into, method, apply }
    }

    /// The stored type that it reads.
    pub const fn event_type(&self) -> &'static str {
        self.event_type
    }

    /// The version that it reads.
    pub const fn from(&self) -> u32 {
        self.from
    }

    /// The method.
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// How many stored types and versions it may lead to.
    pub(crate) const fn targets(&self) -> usize {
        if self.into.is_empty() { 1 } else { self.into.len() }
    }

    /// One of the stored types and versions that it may lead to.
    pub(crate) const fn target(&self, number: usize) -> (&'static str, u32) {
        if self.into.is_empty() { (self.event_type, self.from + 1) } else { self.into[number] }
    }

    /// The stored type and version that a part of its answer is.
    fn target_of(&self, part: Option<&'static str>) -> Result<(&'static str, u32), DecodeError> {
        let mut targets = (0..self.targets()).map(|number| self.target(number));
        let found = match part {
            None if self.targets() == 1 => targets.next(),
            None => None,
            Some(name) => targets.find(|(target, _)| *target == name),
        };
        found.ok_or(DecodeError::UndeclaredUpcast {
            upcaster: self.method,
            event_type: part.unwrap_or("JSON without a type"),
        })
    }
}

impl fmt::Debug for Upcaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upcaster")
            .field("event_type", &self.event_type)
            .field("from", &self.from)
            .field("into", &self.into)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// Whether a stored name is that of an event that no aggregate folds and no subscriber sees.
pub(crate) const fn is_pseudo(event_type: &str) -> bool {
    matches!(event_type.as_bytes().first(), Some(b'$'))
}

/// Is shown what stored events mean now.
pub(crate) trait Current {
    /// An event with its current name, version and JSON.
    fn text(&mut self, raw: RawEvent<'_>) -> Result<(), DecodeError>;

    /// The same, where the last step left the JSON as a tree; `raw` has no data. Who folds the event needs no text for it.
    fn tree(
        &mut self,
        raw: RawEvent<'_>,
        _event: &EventInfo,
        json: Value,
    ) -> Result<(), DecodeError> {
        let data = serde_json::to_vec(&json)?;
        self.text(RawEvent { data: &data, ..raw })
    }
}

/// Is shown all of them as text.
pub(crate) struct Texts<'s>(pub(crate) &'s mut dyn FnMut(RawEvent<'_>) -> Result<(), DecodeError>);

impl Current for Texts<'_> {
    fn text(&mut self, raw: RawEvent<'_>) -> Result<(), DecodeError> {
        (self.0)(raw)
    }
}

/// Shows what a stored event means now, in order, each with its current name, version and JSON. A type that none of the
/// events and steps knows is shown as it is.
pub(crate) fn upcast(
    events: &[EventInfo],
    upcasters: &[Upcaster],
    raw: &RawEvent<'_>,
    show: &mut dyn Current,
) -> Result<(), DecodeError> {
    let mut walk = Walk { events, upcasters, raw, show };
    let stored = walk.named(raw.event_type, raw.schema_version);
    match walk.step(&stored) {
        Some(step) => {
            let json = tree(raw.data)?;
            walk.take(step, Part::stored(raw.event_id), &stored, json)
        }
        None => walk.finish(raw.event_id, &stored, raw.data),
    }
}

/// Looks at once whether it is UTF-8, and not at each text in it.
fn tree(json: &[u8]) -> serde_json::Result<Value> {
    match str::from_utf8(json) {
        Ok(json) => serde_json::from_str(json),
        Err(_) => serde_json::from_slice(json),
    }
}

/// Whether two names are one; most often they are one text too.
fn is_same(left: &str, right: &str) -> bool {
    std::ptr::eq(left, right) || left == right
}

struct Walk<'w, 'r> {
    events: &'w [EventInfo],
    upcasters: &'w [Upcaster],
    raw: &'w RawEvent<'r>,
    show: &'w mut dyn Current,
}

/// A version of a stored type, as a step reads it or leaves it.
#[derive(Clone, Copy)]
struct Named<'w> {
    name: &'w str,
    version: u32,
    /// The event that has this name now, or had it.
    event: Option<&'w EventInfo>,
}

impl<'w> Walk<'w, '_> {
    fn named(&self, name: &'w str, version: u32) -> Named<'w> {
        let mut events = self.events.iter();
        let current = events.find(|event| event.event_type == name);
        let event = current.or_else(|| self.events.iter().find(|event| event.is_named(name)));
        Named { name, version, event }
    }

    /// The step that reads this version, unless it is the current one.
    #[inline]
    fn step(&self, &Named { name, version, event }: &Named<'w>) -> Option<&'w Upcaster> {
        if event.is_some_and(|event| event.schema_version == version) {
            return None;
        }
        self.upcasters.iter().find(|step| {
            step.from == version
                && (is_same(step.event_type, name)
                    || event.is_some_and(|event| event.is_named(step.event_type)))
        })
    }

    /// Takes a step, and those that lead on from it. No chain takes a step twice, so one with more steps than there are goes
    /// round in a circle.
    fn take(
        &mut self,
        mut step: &'w Upcaster,
        mut whole: Part,
        stored: &Named<'w>,
        mut json: Value,
    ) -> Result<(), DecodeError> {
        let (raw, mut named) = (self.raw, *stored);
        let context = EventContext::new(whole.id, raw.version, raw.recorded_at, raw.metadata);
        loop {
            if whole.steps == self.upcasters.len() {
                return Err(DecodeError::EndlessUpcast { upcaster: step.method });
            }
            let upcast = (step.apply)(json, &context)
                .map_err(|source| DecodeError::Upcast { upcaster: step.method, source })?;
            let Upcast { first: Some((part, one)), others } = upcast else { return Ok(()) };
            if !others.is_empty() {
                let parts = 1 + others.len();
                let all = [(part, one)].into_iter().chain(others);
                return all.enumerate().try_for_each(|(place, (part, json))| {
                    let next = self.after(step, &named, part)?;
                    self.go_on(whole.part(step, place, parts), &next, json)
                });
            }
            // One part, as most steps make: on with that.
            named = self.after(step, &named, part)?;
            whole = whole.only_part();
            json = one;
            step = match self.step(&named) {
                Some(next) => next,
                None => return self.finish_tree(whole.id, &named, json),
            };
        }
    }

    fn go_on(&mut self, part: Part, named: &Named<'w>, json: Value) -> Result<(), DecodeError> {
        match self.step(named) {
            Some(step) => self.take(step, part, named, json),
            None => self.finish_tree(part.id, named, json),
        }
    }

    /// What a part of a step's answer is. Most steps lead to the next version of the same type, which needn't be looked up.
    #[inline]
    fn after(
        &self,
        step: &'w Upcaster,
        before: &Named<'w>,
        part: Option<&'static str>,
    ) -> Result<Named<'w>, DecodeError> {
        if part.is_none() && step.into.is_empty() && is_same(before.name, step.event_type) {
            return Ok(Named { name: step.event_type, version: step.from + 1, ..*before });
        }
        let (name, version) = step.target_of(part)?;
        Ok(self.named(name, version))
    }

    /// Shows what the last JSON step left: as a tree where that is the current version.
    fn finish_tree(
        &mut self,
        event_id: EventId,
        named: &Named<'_>,
        json: Value,
    ) -> Result<(), DecodeError> {
        let version = named.version;
        match named.event {
            Some(event) if event.schema_version == version => {
                let current =
                    RawEvent { event_id, event_type: event.event_type, data: &[], ..*self.raw };
                self.show.tree(RawEvent { schema_version: version, ..current }, event, json)
            }
            _ => self.finish(event_id, named, &serde_json::to_vec(&json)?),
        }
    }

    /// Shows what no JSON step leads on from.
    fn finish(
        &mut self,
        event_id: EventId,
        &Named { name, version, event }: &Named<'_>,
        data: &[u8],
    ) -> Result<(), DecodeError> {
        let mut current = RawEvent { event_id, event_type: name, ..*self.raw };
        (current.schema_version, current.data) = (version, data);
        let Some(event) = event else {
            let last = self.upcasters.iter().filter(|step| step.event_type == name);
            return match last.map(|step| step.from).max() {
                Some(last) => Err(DecodeError::version(version, last)),
                None => self.show.text(current),
            };
        };
        current.event_type = event.event_type;
        if version == event.schema_version {
            return self.show.text(current);
        }
        let data = event.modernise(version, data)?;
        (current.schema_version, current.data) = (event.schema_version, &data);
        self.show.text(current)
    }
}
