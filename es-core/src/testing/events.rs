use std::fmt::{self, Write};

use serde_json::Value;

use super::fail;
use crate::decision::Decided;
use crate::{Aggregate, Events};

/// An event as it is stored: what tests compare.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    pub(super) event_type: String,
    pub(super) json: Value,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.event_type, self.json)
    }
}

/// Events as they are stored.
#[track_caller]
pub(super) fn stored<A: Aggregate>(events: &Events<A>) -> Vec<Fact> {
    let stored = |event: &Decided<'_, A>| {
        let event = event.stored();
        let mut json = Vec::new();
        if let Err(error) = event.encode(&mut json) {
            fail(&format!("{error}: {}", error.source));
        }
        Fact {
            event_type: event.event_type().to_owned(),
            json: serde_json::from_slice(&json).unwrap_or_default(),
        }
    };
    events.decided().iter().map(stored).collect()
}

/// A list to read, a line for each.
pub(super) fn listed<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut list = String::new();
    for item in items {
        // Writing into a `String` doesn't fail.
        let _ = writeln!(list, "  {item}");
    }
    if list.is_empty() { "  none\n".to_owned() } else { list }
}
