//! What can be wrong with the steps of an aggregate. The same functions run when an aggregate is compiled, and in
//! [`registry::check`](crate::registry::check).

use super::Upcaster;
use super::step::OlderVersion;
use crate::registry::EventInfo;

/// What is wrong with the steps from older versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Two steps read the same version.
    Duplicate,
    /// A step reads the current version of an event, or a newer one.
    ReadsCurrent,
    /// A step leads to a version that nothing reads.
    LeadsNowhere,
    /// Steps lead back to where they come from.
    Cycle,
    /// A version between the oldest that is read and the current one isn't read.
    Hole,
    /// A pseudo event has an event handler.
    HandledPseudo,
}

impl Fault {
    /// What is wrong, and what to do.
    pub const fn message(self) -> &'static str {
        match self {
            Fault::Duplicate => {
                "two steps read the same version of this event: keep one of the `#[upcaster]`s, or the event's own `from = …`"
            }
            Fault::ReadsCurrent => {
                "this step reads a version that is the current one or newer: raise the event's version by `#[event(version = …)]`, or lower `from`"
            }
            Fault::LeadsNowhere => {
                "this step leads to a version that nothing reads: it has to be an event of this aggregate in its current version, or one that another step reads; `into = (\"…\", 1)` says where a step leads to, and without it that is the next version"
            }
            Fault::Cycle => "this step leads back to itself, so no event would ever be read by it",
            Fault::Hole => {
                "an older version of this event is read, but one between it and the current version is not: add an `#[upcaster]` from that version"
            }
            Fault::HandledPseudo => {
                "a pseudo event changes no state, so it has no event handler: leave the handler out, or `pseudo` in its `#[event(…)]`"
            }
        }
    }
}

/// What is wrong with the step at this place.
pub(crate) const fn fault_of_step(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
) -> Option<Fault> {
    let step = &steps[place];
    let mut earlier = 0;
    while earlier < place {
        let other = &steps[earlier];
        if other.from == step.from && same_event(events, other.event_type, step.event_type) {
            return Some(Fault::Duplicate);
        }
        earlier += 1;
    }
    if let Some(event) = event(events, step.event_type) {
        if step.from >= event.schema_version {
            return Some(Fault::ReadsCurrent);
        }
        if has_version(event.older, step.from) {
            return Some(Fault::Duplicate);
        }
    }
    let mut number = 0;
    while number < step.targets() {
        let (name, version) = step.target(number);
        if !is_read(events, steps, name, version) {
            return Some(Fault::LeadsNowhere);
        }
        if leads_to(events, steps, name, version, place, steps.len()) {
            return Some(Fault::Cycle);
        }
        number += 1;
    }
    None
}

/// What is wrong with the steps to the event at this place.
pub(crate) const fn fault_of_event(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
) -> Option<Fault> {
    let event = &events[place];
    if matches!(event.event_type.as_bytes().first(), Some(b'$')) {
        return Some(Fault::HandledPseudo);
    }
    let mut version = oldest(event, steps);
    while version < event.schema_version {
        if !is_read_by_event_or_step(event, steps, version) {
            return Some(Fault::Hole);
        }
        version += 1;
    }
    None
}

/// The oldest version of an event that is read.
const fn oldest(event: &EventInfo, steps: &[Upcaster]) -> u32 {
    let mut oldest = event.schema_version;
    let mut older = event.older;
    while let Some(version) = older {
        if version.schema_version < oldest {
            oldest = version.schema_version;
        }
        older = version.older;
    }
    let mut place = 0;
    while place < steps.len() {
        if steps[place].from < oldest && event.is_named(steps[place].event_type) {
            oldest = steps[place].from;
        }
        place += 1;
    }
    oldest
}

const fn is_read_by_event_or_step(event: &EventInfo, steps: &[Upcaster], version: u32) -> bool {
    if version == event.schema_version || has_version(event.older, version) {
        return true;
    }
    let mut place = 0;
    while place < steps.len() {
        if steps[place].from == version && event.is_named(steps[place].event_type) {
            return true;
        }
        place += 1;
    }
    false
}

/// Whether something reads this version of a stored type.
const fn is_read(events: &[EventInfo], steps: &[Upcaster], name: &str, version: u32) -> bool {
    if let Some(event) = event(events, name) {
        return is_read_by_event_or_step(event, steps, version);
    }
    let mut place = 0;
    while place < steps.len() {
        if steps[place].from == version && crate::__private::same(steps[place].event_type, name) {
            return true;
        }
        place += 1;
    }
    false
}

/// Whether the steps from this version come to the one at `goal`, in no more steps than there are.
const fn leads_to(
    events: &[EventInfo],
    steps: &[Upcaster],
    name: &str,
    version: u32,
    goal: usize,
    left: usize,
) -> bool {
    if left == 0 {
        return false;
    }
    let mut place = 0;
    while place < steps.len() {
        let step = &steps[place];
        if step.from == version && same_event(events, step.event_type, name) {
            if place == goal {
                return true;
            }
            let mut number = 0;
            while number < step.targets() {
                let (name, version) = step.target(number);
                if leads_to(events, steps, name, version, goal, left - 1) {
                    return true;
                }
                number += 1;
            }
        }
        place += 1;
    }
    false
}

const fn has_version(mut older: Option<&'static OlderVersion>, version: u32) -> bool {
    while let Some(found) = older {
        if found.schema_version == version {
            return true;
        }
        older = found.older;
    }
    false
}

const fn event<'e>(events: &'e [EventInfo], name: &str) -> Option<&'e EventInfo> {
    let mut place = 0;
    while place < events.len() {
        if events[place].is_named(name) {
            return Some(&events[place]);
        }
        place += 1;
    }
    None
}

/// Whether two stored names are the same, or names of the same event.
const fn same_event(events: &[EventInfo], left: &str, right: &str) -> bool {
    if crate::__private::same(left, right) {
        return true;
    }
    match event(events, left) {
        Some(event) => event.is_named(right),
        None => false,
    }
}
