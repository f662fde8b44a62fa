//! The file as text.

use std::collections::BTreeMap;
use std::fmt;

/// A stored event type in one version. The names are as the file has them, without line breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) entity_type: String,
    pub(super) event_type: String,
    pub(super) version: u32,
}

impl Key {
    pub(super) fn new(entity_type: &str, event_type: &str, version: u32) -> Self {
        Key { entity_type: in_file(entity_type), event_type: in_file(event_type), version }
    }
}

/// A name as it can stand on a line.
pub(super) fn in_file(name: &str) -> String {
    if name.contains(char::is_control) { name.escape_debug().to_string() } else { name.to_owned() }
}

/// The shapes in a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entries(pub(super) BTreeMap<Key, Vec<String>>);

const ABOUT: &str = "\
# The stored events and the shapes of their JSON, checked by `es_core::assert_events_locked!()`.
# After a change that is meant: UPDATE_EVENTS_LOCK=1 cargo test
";
const EVENT: &str = "    ";
const FIELD: &str = "        ";
const VERSION: &str = " version ";

impl Entries {
    /// Reads a file; the error is the number of a line that can't be read.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut entries = BTreeMap::new();
        let mut aggregate = None;
        let mut event: Option<(Key, Vec<String>)> = None;
        for (number, line) in (1..).zip(text.lines()) {
            if line.starts_with('#') || line.trim_ascii().is_empty() {
                continue;
            }
            if let Some(field) = line.strip_prefix(FIELD) {
                event.as_mut().ok_or(number)?.1.push(field.to_owned());
                continue;
            }
            entries.extend(event.take());
            match line.strip_prefix(EVENT) {
                Some(line) => {
                    let entity_type: &String = aggregate.as_ref().ok_or(number)?;
                    let (name, version) = line.rsplit_once(VERSION).ok_or(number)?;
                    let version = version.parse().map_err(|_| number)?;
                    let key = Key {
                        entity_type: entity_type.clone(),
                        event_type: name.to_owned(),
                        version,
                    };
                    if entries.contains_key(&key) {
                        return Err(number);
                    }
                    event = Some((key, Vec::new()));
                }
                // What a merge leaves behind is no name of an aggregate.
                None if ["<<<<<<<", "=======", ">>>>>>>"]
                    .iter()
                    .any(|sign| line.starts_with(sign)) =>
                {
                    return Err(number);
                }
                None => aggregate = Some(line.to_owned()),
            }
        }
        entries.extend(event);
        Ok(Entries(entries))
    }
}

impl fmt::Display for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ABOUT)?;
        let mut aggregate = None;
        for (key, lines) in &self.0 {
            if aggregate != Some(&key.entity_type) {
                aggregate = Some(&key.entity_type);
                write!(f, "\n{}\n", key.entity_type)?;
            }
            writeln!(f, "{EVENT}{}{VERSION}{}", key.event_type, key.version)?;
            lines.iter().try_for_each(|line| writeln!(f, "{FIELD}{line}"))?;
        }
        Ok(())
    }
}
