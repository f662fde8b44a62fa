//! What the tests of this package and the processes that they start share: journals, into which batches are written.

#![allow(clippy::panic, reason = "a test fails by panicking")]

pub mod sql;
pub mod survivors;
pub mod view;
pub mod writers;

use std::io::Write;

use es_core::prelude::*;

pub mod feed;

/// Batches of entries, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Journal {
    /// The entry that was written last.
    pub last: Entry,
}

/// Begins a journal with a batch of so many entries.
#[derive(Debug, Clone, Command)]
pub struct Begin {
    /// The batch's name, which no other batch has.
    pub batch: String,
    /// How many entries.
    pub of: u64,
}

/// Writes a batch of so many entries.
#[derive(Debug, Clone, Command)]
pub struct Note {
    /// The batch's name, which no other batch has.
    pub batch: String,
    /// How many entries.
    pub of: u64,
}

/// An entry, which knows its whole batch.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Event)]
pub struct Entry {
    /// The batch's name.
    pub batch: String,
    /// The version of its first entry.
    pub first: u64,
    /// How many entries it has.
    pub of: u64,
}

#[aggregate(id = String)]
impl Journal {
    #[command_handler]
    fn begin(command: Begin, cx: &CommandContext<Self>) -> Vec<Entry> {
        entries(command.batch, cx.version(), command.of)
    }

    #[command_handler]
    fn note(&self, command: Note, cx: &CommandContext<Self>) -> Vec<Entry> {
        entries(command.batch, cx.version(), command.of)
    }

    #[event_handler]
    fn written(event: Entry) -> Self {
        Journal { last: event }
    }
}

fn entries(batch: String, after: Version, of: u64) -> Vec<Entry> {
    (0..of).map(|_| Entry { batch: batch.clone(), first: after.get() + 1, of }).collect()
}

/// A batch that was stored in a journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Batch {
    /// The journal.
    pub journal: String,
    /// What each of its entries says.
    pub entry: Entry,
}

/// Writes batches to the standard output as a line of JSON, and sees to it that the line is out.
///
/// # Errors
/// What writing fails with.
pub fn acknowledge(batches: &[Batch]) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(batches)?;
    line.push(b'\n');
    let mut out = std::io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
