//! Reads the pages that `statements/pages.sql` writes: many events in the text of one row.
//!
//! A record is `version schema_version microseconds type_bytes trigger_bytes metadata_bytes data_bytes `, the numbers
//! in decimal with a space after each, then the event's id in hexadecimal, its type, the id of its message, its
//! metadata and its JSON. -1 bytes are NULL. An event that is too large for a page is only `version -1 `.

use es_core::store::RawEvent;
use es_core::{EventId, Timestamp, Version};
use uuid::Uuid;

/// A record that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// What is stored of one event beside the stream that it belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record<'r> {
    pub(super) version: u64,
    pub(super) event_id: EventId,
    pub(super) event_type: &'r str,
    pub(super) schema_version: u32,
    pub(super) data: &'r [u8],
    pub(super) triggering_event: Option<&'r str>,
    pub(super) metadata: Option<&'r str>,
    pub(super) recorded_at: Timestamp,
}

impl<'r> Record<'r> {
    pub(super) fn event(&self, entity_type: &'r str, entity_id: &'r str) -> RawEvent<'r> {
        RawEvent {
            entity_type,
            entity_id,
            version: Version::new(self.version),
            event_id: self.event_id,
            event_type: self.event_type,
            schema_version: self.schema_version,
            data: self.data,
            metadata: self.metadata,
            triggering_event: self.triggering_event,
            recorded_at: self.recorded_at,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry<'r> {
    Event(Record<'r>),
    /// The event of this version is too large for a page.
    Large(u64),
}

/// The rest of a page.
pub(super) struct Page<'r>(&'r [u8]);

impl<'r> Page<'r> {
    pub(super) fn new(text: &'r [u8]) -> Self {
        Page(text)
    }

    pub(super) fn next(&mut self) -> Result<Option<Entry<'r>>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        self.entry().map(Some).ok_or(Malformed)
    }

    fn entry(&mut self) -> Option<Entry<'r>> {
        let version = u64::try_from(self.number()?).ok()?;
        let schema_version = self.number()?;
        if schema_version == -1 {
            return Some(Entry::Large(version));
        }
        let recorded_at = Timestamp::from_microsecond(self.number()?).ok()?;
        let [event_type, triggering_event, metadata, data] =
            [self.number()?, self.number()?, self.number()?, self.number()?];
        Some(Entry::Event(Record {
            version,
            event_id: Uuid::try_parse_ascii(self.bytes(32)?).ok()?.into(),
            event_type: self.text(event_type)?,
            schema_version: u32::try_from(schema_version).ok()?,
            triggering_event: self.nullable(triggering_event)?,
            metadata: self.nullable(metadata)?,
            data: self.bytes(data)?,
            recorded_at,
        }))
    }

    fn number(&mut self) -> Option<i64> {
        let negative = self.0.first() == Some(&b'-');
        let mut number = 0_i64;
        for (at, byte) in self.0.iter().enumerate().skip(usize::from(negative)) {
            match byte {
                b'0'..=b'9' => {
                    number = number.checked_mul(10)?.checked_sub(i64::from(byte - b'0'))?
                }
                b' ' if at > usize::from(negative) => {
                    self.0 = &self.0[at + 1..];
                    return if negative { Some(number) } else { number.checked_neg() };
                }
                _ => return None,
            }
        }
        None
    }

    fn bytes(&mut self, count: i64) -> Option<&'r [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self, count: i64) -> Option<&'r str> {
        std::str::from_utf8(self.bytes(count)?).ok()
    }

    fn nullable(&mut self, count: i64) -> Option<Option<&'r str>> {
        if count == -1 { Some(None) } else { self.text(count).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190A1B2C3D47E8F90A1B2C3D4E5F607";

    fn entries(text: &str) -> Result<Vec<Entry<'_>>, Malformed> {
        let mut page = Page::new(text.as_bytes());
        std::iter::from_fn(|| page.next().transpose()).collect()
    }

    #[test]
    fn records_follow_each_other() {
        let text = format!("7 1 -5 1 2 0 4 {ID}Am1null8 -1 9 2 0 2 -1 -1 1 {ID}AB1");
        let entries = entries(&text).unwrap();
        let id: EventId = ID.parse().unwrap();
        let record = Record {
            version: 7,
            event_id: id,
            event_type: "A",
            schema_version: 1,
            data: b"null",
            triggering_event: Some("m1"),
            metadata: Some(""),
            recorded_at: Timestamp::from_microsecond(-5).unwrap(),
        };
        let last = Record {
            version: 9,
            event_type: "AB",
            schema_version: 2,
            data: b"1",
            triggering_event: None,
            metadata: None,
            recorded_at: Timestamp::UNIX_EPOCH,
            ..record
        };
        assert_eq!(entries, [Entry::Event(record), Entry::Large(8), Entry::Event(last)]);
    }

    #[test]
    fn anything_cut_short_is_malformed() {
        let text = format!("7 1 5 1 2 0 4 {ID}Am1null");
        for end in 1..text.len() {
            assert_eq!(entries(&text[..end]), Err(Malformed), "{}", &text[..end]);
        }
    }

    #[test]
    fn any_byte_changed_is_read_or_malformed_but_never_panics() {
        let text = format!("7 1 5 1 2 0 4 {ID}Am1null").into_bytes();
        for at in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut changed = text.clone();
                changed[at] = byte;
                let mut page = Page::new(&changed);
                while let Ok(Some(_)) = page.next() {}
            }
        }
        for text in [
            "x",
            "-",
            "- ",
            " ",
            "99999999999999999999 ",
            "1 2 3 -2 0 0 0 ",
            "1 2 9223372036854775807 0 0 0 0 ",
        ] {
            assert_eq!(entries(text), Err(Malformed), "{text}");
        }
    }
}
