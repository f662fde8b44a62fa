//! What is different between the file and the program.

use std::collections::BTreeMap;
use std::fmt;

use super::file::{Entries, Key};
use super::known::{Known, Reading, reading};

/// What the file has of a version that was read by a step on JSON from the beginning.
const JSON: &str = "(read by a step on JSON)";

/// Something that is different between the file and the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The stored name of the aggregate.
    pub entity_type: String,
    /// The stored name of the event.
    pub event_type: String,
    /// The version.
    pub version: u32,
    /// What is different.
    pub what: Difference,
}

/// What is different about a version of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Its shape is another one.
    Shape {
        /// Lines that only the file has.
        gone: Vec<String>,
        /// Lines that only the program has.
        new: Vec<String>,
        /// Whether it is the event's current version.
        current: bool,
    },
    /// The aggregate isn't in the program.
    AggregateGone,
    /// No event has this name.
    NameGone,
    /// The event, whose newest version is this one, isn't read in the file's version.
    VersionGone {
        /// The newest version.
        newest: u32,
    },
    /// The file doesn't have it.
    New,
}

/// All that is different between the file and the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes(Vec<Change>);

impl Changes {
    /// The changes.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.0.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Compares the file with the program.
pub(super) fn between(locked: &Entries, known: &[Known]) -> Changes {
    let in_file = locked
        .0
        .iter()
        .filter_map(|(key, lines)| Some(Change::of(key, difference(key, lines, known)?)));
    let in_program = by_key(known).into_keys().filter(|key| !locked.0.contains_key(key));
    Changes(in_file.chain(in_program.map(|key| Change::of(&key, Difference::New))).collect())
}

/// The file as it has to be for the program.
pub(super) fn update(locked: &Entries, known: &[Known]) -> Entries {
    let mut entries = by_key(known);
    for (key, lines) in &locked.0 {
        match reading(known, key) {
            // Nobody but the file knows it.
            Some(Reading::Json) => entries.insert(key.clone(), lines.clone()),
            // Under a name that is an alias now.
            Some(Reading::Typed(lines)) => entries.insert(key.clone(), lines),
            None => None,
        };
    }
    Entries(entries)
}

/// What the program reads, under the names that it has now.
fn by_key(known: &[Known]) -> BTreeMap<Key, Vec<String>> {
    let lines = |key| match reading(known, key) {
        Some(Reading::Typed(lines)) => lines,
        _ => vec![JSON.to_owned()],
    };
    known.iter().map(|known| (known.key.clone(), lines(&known.key))).collect()
}

fn difference(key: &Key, lines: &[String], known: &[Known]) -> Option<Difference> {
    match reading(known, key) {
        Some(Reading::Json) => None,
        Some(Reading::Typed(_)) if lines == [JSON] => Some(Difference::New),
        Some(Reading::Typed(now)) if now == lines => None,
        Some(Reading::Typed(now)) => Some(Difference::Shape {
            gone: lines.iter().filter(|line| !now.contains(line)).cloned().collect(),
            new: now.iter().filter(|line| !lines.contains(line)).cloned().collect(),
            current: newest(key, known) == Some(key.version),
        }),
        None if known.iter().all(|known| known.key.entity_type != key.entity_type) => {
            Some(Difference::AggregateGone)
        }
        None => Some(match newest(key, known) {
            Some(newest) => Difference::VersionGone { newest },
            None => Difference::NameGone,
        }),
    }
}

/// The newest version of a stored type.
fn newest(key: &Key, known: &[Known]) -> Option<u32> {
    known.iter().filter(|known| known.is_named(key)).map(|known| known.key.version).max()
}

impl Change {
    fn of(key: &Key, what: Difference) -> Self {
        let Key { entity_type, event_type, version } = key.clone();
        Change { entity_type, event_type, version, what }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { entity_type, event_type, version, .. } = self;
        write!(f, "`{event_type}` version {version} of {entity_type} ")?;
        match &self.what {
            Difference::Shape { gone, new, current } => {
                f.write_str("has another shape than the events that are stored:")?;
                gone.iter().try_for_each(|line| write!(f, "\n      - {line}"))?;
                new.iter().try_for_each(|line| write!(f, "\n      + {line}"))?;
                if *current {
                    write!(
                        f,
                        "\n  Raise its version by `#[event(version = {})]`, and write a step from version {version}: an \
                         `#[upcaster(event = \"{event_type}\", from = {version})]`, or `from = …` with the old shape as a type.",
                        version.saturating_add(1)
                    )
                } else {
                    f.write_str(
                        "\n  Give the type of this older version its shape back: what is stored doesn't change.",
                    )
                }
            }
            Difference::AggregateGone => f.write_str(
                "isn't read: no such aggregate is in this program.\
                 \n  If it was renamed, keep its stored name by `#[aggregate(type = \"…\")]`. If it is in another crate, use it in \
                 this test, so that it is linked.",
            ),
            Difference::NameGone => write!(
                f,
                "isn't read any more: no event has this name.\
                 \n  If the event was renamed, keep the name by `#[event(alias = \"{event_type}\")]`. If it means something else \
                 now, or nothing, write an `#[upcaster(event = \"{event_type}\", from = {version}, …)]`."
            ),
            Difference::VersionGone { newest } if newest < version => write!(
                f,
                "isn't read any more: the newest version of the event is {newest}.\
                 \n  A version that was stored stays: set `#[event(version = {version})]` again, or a higher one."
            ),
            Difference::VersionGone { .. } => write!(
                f,
                "isn't read any more.\
                 \n  Write a step from it: an `#[upcaster(event = \"{event_type}\", from = {version})]`, or `from = …` with a type."
            ),
            Difference::New => f.write_str("isn't in the file yet."),
        }
    }
}
