//! Appends on their way into one statement.
//!
//! All text travels in one blob and is cut out of it there, by numbers that stand in it as digits: nothing is escaped, so
//! every byte arrives as it left, and neither a payload nor a number is parsed as JSON.

use std::fmt::Write as _;
use std::io::Write as _;

use es_core::store::Append;

pub(super) struct Packet {
    /// JSON, where in `data` each append starts.
    pub(super) index: String,
    /// Of each append 18 numbers of [`DIGITS`] digits: expected version, added events, deletes, microseconds, and (start,
    /// bytes) of entity type, entity id, consumer, message id, metadata, [index of events](Events) and events. After them
    /// what they tell of. Starts count from 1; 0 is NULL.
    pub(super) data: Vec<u8>,
}

/// Enough for any number, and its sign.
const DIGITS: usize = 20;

const NUMBERS: usize = 18;

impl Packet {
    pub(super) fn new<'a>(appends: impl Iterator<Item = &'a Append> + Clone) -> Self {
        let bytes = appends
            .clone()
            .map(|append| {
                512 + append.metadata.as_ref().map_or(0, String::len) + Events::bytes(append)
            })
            .sum();
        let mut packet = Packet { index: String::from("["), data: Vec::with_capacity(bytes) };
        for append in appends {
            packet.add(append);
        }
        close(&mut packet.index);
        packet
    }

    fn add(&mut self, append: &Append) {
        let head = self.data.len();
        start(&mut self.index, head + 1);
        self.data.resize(head + NUMBERS * DIGITS, b'0');
        let message = append.message.as_ref();
        let parts = [
            self.part(append.entity_type),
            self.part(&append.entity_id),
            message.map_or((0, 0), |message| self.part(message.consumer())),
            message.map_or((0, 0), |message| self.part(message.id())),
            append.metadata.as_ref().map_or((0, 0), |metadata| self.part(metadata)),
        ];
        let (index, from) = Events::write(append, &mut self.data);
        let events = (from + 1, self.data.len() - from);
        let index = self.part(&index);

        let mut numbers = &mut self.data[head..head + NUMBERS * DIGITS];
        let mut number = |number: i64| {
            // There is room for all of them.
            let _ = write!(numbers, "{number:0DIGITS$}");
        };
        number(expected(append));
        number(append.events().len() as i64);
        number(append.deletes.into());
        number(append.recorded_at.as_microsecond());
        for (start, bytes) in parts.into_iter().chain([index, events]) {
            number(start as i64);
            number(bytes as i64);
        }
    }

    fn part(&mut self, text: &str) -> (usize, usize) {
        let start = self.data.len() + 1;
        self.data.extend_from_slice(text.as_bytes());
        (start, text.len())
    }
}

/// The version that an append expects, as SQLite has versions. None comes near the greatest.
pub(super) fn expected(append: &Append) -> i64 {
    append.expected.get().try_into().unwrap_or(i64::MAX)
}

/// The events of one append, as `migrations/0004_packed_appends.sql` takes them.
pub(super) struct Events {
    /// JSON, where in `data` each event starts.
    pub(super) index: String,
    pub(super) data: Vec<u8>,
}

impl Events {
    /// Bytes of an event beside its type and its JSON.
    const HEAD: usize = 46;

    pub(super) fn new(append: &Append) -> Self {
        let mut data = Vec::with_capacity(Self::bytes(append));
        let (index, _) = Self::write(append, &mut data);
        Events { index, data }
    }

    /// About as many as they take.
    fn bytes(append: &Append) -> usize {
        append.data().len() + (Self::HEAD + 32) * append.events().len()
    }

    /// Writes them at the end, and returns their index and where they are from.
    fn write(append: &Append, data: &mut Vec<u8>) -> (String, usize) {
        let from = data.len();
        let mut index = String::with_capacity(8 * append.events().len() + 2);
        index.push('[');
        for event in append.events() {
            start(&mut index, data.len() - from + 1);
            data.extend_from_slice(event.event_id.uuid().as_bytes());
            let (event_type, json) = (event.event_type, &append.data()[event.data.clone()]);
            // Writing to a vector can't fail.
            let _ = write!(
                data,
                "{:010}{:010}{:010}",
                event_type.len(),
                event.schema_version,
                json.len()
            );
            data.extend_from_slice(event_type.as_bytes());
            data.extend_from_slice(json);
        }
        close(&mut index);
        (index, from)
    }
}

fn start(index: &mut String, start: usize) {
    // Writing to a string can't fail.
    let _ = write!(index, "{start},");
}

/// Ends an array that may have a comma after its last number.
fn close(index: &mut String) {
    if index.ends_with(',') {
        index.pop();
    }
    index.push(']');
}
