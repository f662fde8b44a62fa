//! Appends on their way into one statement.
//!
//! All text travels in one blob and is cut out of it there, by numbers in JSON: nothing is escaped, so every byte
//! arrives as it left, and a large payload isn't parsed.

use std::fmt::Write;

use es_core::store::Append;

pub(super) struct Packet {
    /// One array of numbers for each append: expected version, added events, deletes, microseconds, and (start, bytes)
    /// of entity type, entity id, consumer, message id, metadata, events and data. Starts count from 1.
    pub(super) index: String,
    pub(super) data: Vec<u8>,
}

impl Packet {
    pub(super) fn new<'a>(appends: impl Iterator<Item = &'a Append> + Clone) -> Self {
        let bytes = appends
            .clone()
            .map(|append| 256 + append.data().len() + 72 * append.events().len())
            .sum();
        let mut packet = Packet { index: String::from("["), data: Vec::with_capacity(bytes) };
        for (n, append) in appends.enumerate() {
            packet.index.push_str(if n == 0 { "[" } else { ",[" });
            packet.add(append);
            packet.index.push(']');
        }
        packet.index.push(']');
        packet
    }

    fn add(&mut self, append: &Append) {
        let message = append.message.as_ref();
        self.number(append.expected.get().min(i64::MAX as u64));
        self.number(append.events().len());
        self.number(u8::from(append.deletes));
        self.number(append.recorded_at.as_microsecond());
        self.text(Some(append.entity_type));
        self.text(Some(&append.entity_id));
        self.text(message.map(|message| message.consumer()));
        self.text(message.map(|message| message.id()));
        self.text(append.metadata.as_deref());
        self.events(append);
        self.index.pop();
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        // Writing to a string can't fail.
        let _ = write!(self.index, "{number},");
    }

    fn part(&mut self, start: usize) {
        self.number(start + 1);
        self.number(self.data.len() - start);
    }

    fn text(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.index.push_str("null,null,") };
        let start = self.data.len();
        self.data.extend_from_slice(text.as_bytes());
        self.part(start);
    }

    /// The index of the events, with starts in the data that follows it: id, type and JSON of each event.
    fn events(&mut self, append: &Append) {
        let index = self.data.len();
        let mut start = 1;
        let mut separator = '[';
        let mut text = String::with_capacity(24 * append.events().len() + 2);
        for event in append.events() {
            let _ = write!(
                text,
                "{separator}[{start},{},{},{}]",
                event.event_type.len(),
                event.schema_version,
                event.data.len()
            );
            start += 16 + event.event_type.len() + event.data.len();
            separator = ',';
        }
        text.push_str(if append.events().is_empty() { "[]" } else { "]" });
        self.data.extend_from_slice(text.as_bytes());
        self.part(index);

        let events = self.data.len();
        for event in append.events() {
            self.data.extend_from_slice(event.event_id.uuid().as_bytes());
            self.data.extend_from_slice(event.event_type.as_bytes());
            self.data.extend_from_slice(&append.data()[event.data.clone()]);
        }
        self.part(events);
    }
}
