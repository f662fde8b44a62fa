//! Appends on their way to the server: two texts in JSON, which JSON_TABLE makes rows of.
//!
//! Ids and names are in hexadecimal and JSON of events in base64, so that every byte arrives as it left. What is large
//! comes last in its array: the server looks for each part from the start.
//!
//! JSON_TABLE cuts off what its columns don't hold, without a word. So they hold a byte more than those of the tables,
//! which refuse what is too long.

use std::fmt::Write;
use std::ops::Range;

use es_core::store::{Append, NewEvent};

use super::encoding::{base64, base64_len, hex};
use super::time;

/// What an event takes beside its JSON, and an append beside its metadata, at most.
const OVERHEAD: usize = 4 * 1024;

/// The appends: `[[n, type, id, expected version, added events, deletes, consumer, message, time, first event], …]`.
pub(super) fn appends<'a>(appends: impl Iterator<Item = (usize, &'a Append)>) -> String {
    let mut out = Text::new();
    out.list(appends, |out, (n, append)| {
        out.number(n);
        out.name(Some(append.entity_type));
        out.name(Some(&append.entity_id));
        out.number(append.expected.get().min(i64::MAX as u64));
        out.number(append.events().len());
        out.number(u8::from(append.deletes));
        out.name(append.message.as_ref().map(|message| message.consumer()));
        out.name(append.message.as_ref().map(|message| message.id()));
        out.time(append);
        let first = append.events().first().map(|event| event.event_id.uuid());
        out.bytes(first.as_ref().map(|id| &id.as_bytes()[..]));
    });
    out.finish()
}

/// Some events of an append.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    append: &'a Append,
    events: Range<usize>,
}

impl<'a> Part<'a> {
    fn events(&self) -> &'a [NewEvent] {
        &self.append.events()[self.events.clone()]
    }
}

/// The events: `[[type, id, version before the first, message, time, metadata, [[event id, event type, schema version,
/// JSON], …]], …]`.
pub(super) fn events(parts: &[Part<'_>]) -> String {
    let mut out = Text::new();
    out.0.reserve(parts.iter().map(|part| size(part.append, part.events())).sum::<usize>() / 2);
    out.list(parts.iter(), |out, part| {
        let append = part.append;
        out.name(Some(append.entity_type));
        out.name(Some(&append.entity_id));
        out.number(append.expected.get() + part.events.start as u64);
        out.name(append.message.as_ref().map(|message| message.id()));
        out.time(append);
        out.text(append.metadata.as_deref().map(str::as_bytes));
        out.list(part.events().iter(), |out, event| {
            out.bytes(Some(event.event_id.uuid().as_bytes()));
            out.name(Some(event.event_type));
            out.number(event.schema_version);
            out.text(Some(&append.data()[event.data.clone()]));
        });
    });
    out.finish()
}

/// Whether each event of the append fits into a packet of so many bytes.
pub(super) fn fits(append: &Append, limit: usize) -> bool {
    append.events().iter().all(|event| size(append, std::slice::from_ref(event)) <= limit)
}

/// All events, in as many packets as they need, each of so many bytes at most.
pub(super) fn split<'a>(
    appends: impl Iterator<Item = &'a Append>,
    limit: usize,
) -> Vec<Vec<Part<'a>>> {
    let mut packets: Vec<Vec<Part<'a>>> = Vec::new();
    let mut room = 0_usize;
    for append in appends {
        for (n, event) in append.events().iter().enumerate() {
            let part = packets.last_mut().and_then(|packet| packet.last_mut()).filter(|_| n > 0);
            if let (Some(part), Some(left)) = (part, room.checked_sub(event_size(event))) {
                part.events.end = n + 1;
                room = left;
                continue;
            }
            let whole = size(append, std::slice::from_ref(event));
            if whole > room {
                packets.push(Vec::new());
                room = limit;
            }
            if let Some(packet) = packets.last_mut() {
                packet.push(Part { append, events: n..n + 1 });
            }
            room = room.saturating_sub(whole);
        }
    }
    packets
}

fn size(append: &Append, events: &[NewEvent]) -> usize {
    let metadata = append.metadata.as_ref().map_or(0, String::len);
    OVERHEAD + base64_len(metadata) + events.iter().map(event_size).sum::<usize>()
}

fn event_size(event: &NewEvent) -> usize {
    base64_len(event.data.len()) + 2 * event.event_type.len() + 100
}

/// JSON that is being written.
struct Text(String);

impl Text {
    fn new() -> Self {
        Text(String::with_capacity(256))
    }

    fn list<I>(&mut self, items: impl Iterator<Item = I>, mut write: impl FnMut(&mut Self, I)) {
        self.0.push('[');
        for item in items {
            self.0.push('[');
            write(self, item);
            self.close();
        }
        self.close();
    }

    fn finish(mut self) -> String {
        self.0.pop();
        self.0
    }

    /// In place of the comma after the last item, if there is one.
    fn close(&mut self) {
        if self.0.ends_with(',') {
            self.0.pop();
        }
        self.0.push_str("],");
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        // Writing to a string can't fail.
        let _ = write!(self.0, "{number},");
    }

    fn name(&mut self, name: Option<&str>) {
        self.bytes(name.map(str::as_bytes));
    }

    fn bytes(&mut self, bytes: Option<&[u8]>) {
        self.value(bytes, hex);
    }

    fn text(&mut self, text: Option<&[u8]>) {
        self.value(text, base64);
    }

    fn value(&mut self, bytes: Option<&[u8]>, encode: fn(&[u8], &mut String)) {
        let Some(bytes) = bytes else { return self.0.push_str("null,") };
        self.0.push('"');
        encode(bytes, &mut self.0);
        self.0.push_str("\",");
    }

    fn time(&mut self, append: &Append) {
        let _ = write!(self.0, "\"{}\",", time::text(append.recorded_at));
    }
}
