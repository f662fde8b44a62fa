//! What can be wrong with the steps of an aggregate. The same functions run when an aggregate is compiled, and in
//! [`registry::check`](crate::registry::check).

use super::step::OlderVersion;
use super::{Upcaster, is_pseudo};
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
    /// A version between the oldest that is read and the newest isn't read.
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
                "an older version of this event is read, but one between it and the newest is not: add an `#[upcaster]` from that version"
            }
            Fault::HandledPseudo => {
                "a pseudo event changes no state, so it has no event handler: leave the handler out, or `pseudo` in its `#[event(…)]`"
            }
        }
    }
}

/// What is wrong with the step at this place. `room` is for the places of as many steps as there are.
pub(crate) const fn fault_of_step(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
    room: &mut [usize],
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
        number += 1;
    }
    if leads_back(events, steps, place, room) {
        return Some(Fault::Cycle);
    }
    if event(events, step.event_type).is_none() && is_before_a_hole(steps, step) {
        return Some(Fault::Hole);
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
    if is_pseudo(event.event_type) {
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

/// Whether the version after the one that this step of a retired name reads isn't read, and a newer one is.
const fn is_before_a_hole(steps: &[Upcaster], step: &Upcaster) -> bool {
    let mut newer = false;
    let mut place = 0;
    while place < steps.len() {
        let other = &steps[place];
        if other.from > step.from && crate::__private::same(other.event_type, step.event_type) {
            if other.from == step.from + 1 {
                return false;
            }
            newer = true;
        }
        place += 1;
    }
    newer
}

/// Whether the step at this place leads back to itself. `found` takes the places of the steps that it leads to, each once,
/// and each is followed once, however many ways lead there.
const fn leads_back(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
    found: &mut [usize],
) -> bool {
    let mut count = find_next(events, steps, place, found, 0);
    let mut followed = 0;
    while followed < count {
        if found[followed] == place {
            return true;
        }
        count = find_next(events, steps, found[followed], found, count);
        followed += 1;
    }
    false
}

/// Adds the steps that read what the one at this place leads to, but for those that are among the first `count` already.
/// Returns how many there are then.
const fn find_next(
    events: &[EventInfo],
    steps: &[Upcaster],
    place: usize,
    found: &mut [usize],
    mut count: usize,
) -> usize {
    let mut number = 0;
    while number < steps[place].targets() {
        let (name, version) = steps[place].target(number);
        let mut next = 0;
        while next < steps.len() {
            let reads =
                steps[next].from == version && same_event(events, steps[next].event_type, name);
            if reads && !contains(found, count, next) {
                found[count] = next;
                count += 1;
            }
            next += 1;
        }
        number += 1;
    }
    count
}

/// Whether a place is among the first `count`.
const fn contains(places: &[usize], count: usize, place: usize) -> bool {
    let mut index = 0;
    while index < count {
        if places[index] == place {
            return true;
        }
        index += 1;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
mod tests {
    use super::*;
    use crate::evolution::Upcast;

    /// Steps of these types from each version to the next of all of them, up to this one.
    fn woven(types: &'static [&'static str], newest: u32) -> Vec<Upcaster> {
        let versions = (1..newest).flat_map(|from| types.iter().map(move |name| (*name, from)));
        let steps = versions.map(|(name, from)| {
            let into: Vec<_> = types.iter().map(|name| (*name, from + 1)).collect();
            step(name, from, into.leak())
        });
        steps.collect()
    }

    fn step(name: &'static str, from: u32, into: &'static [(&'static str, u32)]) -> Upcaster {
        Upcaster::new(name, from, into, "step", |json, _| Ok(Upcast::from(json)))
    }

    fn faults(steps: &[Upcaster]) -> Vec<Option<Fault>> {
        let room = &mut vec![0; steps.len()];
        (0..steps.len()).map(|place| fault_of_step(&[], steps, place, room)).collect()
    }

    #[test]
    fn branches_that_meet_again_are_walked_once() {
        let mut steps = woven(&["Left", "Right"], 40);
        let found = faults(&steps);
        let (others, last) = found.split_last_chunk::<2>().unwrap();
        assert_eq!(*last, [Some(Fault::LeadsNowhere); 2]);
        assert!(others.iter().all(Option::is_none));
        steps.extend([
            step("Left", 40, &[("Right", 40)]),
            step("Right", 40, &[("Left", 1), ("Right", 1)]),
        ]);
        assert_eq!(faults(&steps), vec![Some(Fault::Cycle); steps.len()]);
    }

    #[test]
    fn a_version_of_a_retired_name_without_a_step_is_a_hole() {
        let end = step("End", 1, &[("End", 2)]);
        let retired = |from| step("Retired", from, &[("End", 1)]);
        let last = step("End", 2, &[("End", 2)]);
        let found = faults(&[retired(1), retired(3), retired(4), end, last]);
        assert_eq!(found, [Some(Fault::Hole), None, None, None, Some(Fault::Cycle)]);
    }
}
