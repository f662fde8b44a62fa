//! Reads the pages that `statements/pages.sql` writes: many events in the text of one row.
//!
//! A record is `version schema_version microseconds type_bytes trigger_bytes metadata_bytes data_bytes `, the numbers
//! in decimal with a space after each and NULL as no digits, then the event's id in hexadecimal, its type, the id of
//! its message, its metadata and its JSON. Metadata and JSON of more than [`LARGE`] bytes are left out: the event is to
//! be read from its own row.
//!
//! The record of a bare event, which `statements/bare_pages.sql` writes, is `schema_version type_bytes data_bytes `, and then
//! the type and the JSON. A number costs as much there as the rest of a column.

use es_core::store::RawEvent;
use es_core::{EventId, Timestamp, Version};
use uuid::Uuid;

/// The most bytes of a value in a page; `statements/pages.sql` has it as well.
const LARGE: usize = 65_536;

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

    /// The next bare event, which has this version.
    pub(super) fn next_bare(&mut self, version: u64) -> Result<Option<Entry<'r>>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        self.bare_entry(version).map(Some).ok_or(Malformed)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// What is before each record in the pages of a feed: the position, and the type and the id of the entity.
    pub(super) fn heading(&mut self) -> Option<(u64, &'r str, &'r str)> {
        let position = self.number()??;
        let [entity_type, entity_id] = [self.length()??, self.length()??];
        Some((position.try_into().ok()?, self.text(entity_type)?, self.text(entity_id)?))
    }

    /// What `statements/bare_streams.sql` writes of a stream: its version, whether it was deleted, and its page.
    pub(super) fn stream(&mut self) -> Option<(u64, bool, &'r [u8])> {
        let [version, deleted] = [self.number()??, self.number()??];
        let page = self.length()??;
        Some((version.try_into().ok()?, deleted != 0, self.bytes(page)?))
    }

    fn entry(&mut self) -> Option<Entry<'r>> {
        let version = self.number()??;
        let schema_version = self.number()??;
        let recorded_at = self.number()??;
        let [event_type, triggering_event, metadata, data] =
            [self.length()?, self.length()?, self.length()?, self.length()?];
        if metadata > Some(LARGE) || data > Some(LARGE) {
            return Some(Entry::Large(version.try_into().ok()?));
        }
        Some(Entry::Event(Record {
            version: version.try_into().ok()?,
            event_id: Uuid::try_parse_ascii(self.bytes(32)?).ok()?.into(),
            event_type: self.text(event_type?)?,
            schema_version: schema_version.try_into().ok()?,
            triggering_event: self.nullable(triggering_event)?,
            metadata: self.nullable(metadata)?,
            data: self.bytes(data?)?,
            recorded_at: Timestamp::from_microsecond(recorded_at).ok()?,
        }))
    }

    fn bare_entry(&mut self, version: u64) -> Option<Entry<'r>> {
        let schema_version = self.number()??;
        let [event_type, data] = [self.length()??, self.length()??];
        if data > LARGE {
            return Some(Entry::Large(version));
        }
        Some(Entry::Event(Record {
            version,
            event_id: Uuid::nil().into(),
            event_type: self.text(event_type)?,
            schema_version: schema_version.try_into().ok()?,
            triggering_event: None,
            metadata: None,
            data: self.bytes(data)?,
            recorded_at: Timestamp::UNIX_EPOCH,
        }))
    }

    /// A number, or `None` in it for NULL.
    fn number(&mut self) -> Option<Option<i64>> {
        let minus = self.0.first() == Some(&b'-');
        let mut rest = &self.0[usize::from(minus)..];
        let (mut number, mut is_null) = (0_i64, !minus);
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte == b' ' {
                self.0 = rest;
                // There is no number without digits, and no -0.
                let number = if minus { number.checked_neg().filter(|&n| n < 0)? } else { number };
                return Some((!is_null).then_some(number));
            }
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            number = number.checked_mul(10)?.checked_add(digit.into())?;
            is_null = false;
        }
        None
    }

    fn length(&mut self) -> Option<Option<usize>> {
        self.number()?.map(usize::try_from).transpose().ok()
    }

    fn bytes(&mut self, count: usize) -> Option<&'r [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self, count: usize) -> Option<&'r str> {
        str::from_utf8(self.bytes(count)?).ok()
    }

    fn nullable(&mut self, count: Option<usize>) -> Option<Option<&'r str>> {
        count.map_or(Some(None), |count| self.text(count).map(Some))
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
        let text = format!("7 1 -5 1 2 0 4 {ID}Am1null9 2 0 2   1 {ID}AB1");
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
        assert_eq!(entries, [Entry::Event(record), Entry::Event(last)]);
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
    }

    #[test]
    fn numbers_that_are_never_written_are_malformed() {
        for numbers in [
            "x",
            " ",
            "- ",
            "-1 1 1 1 0 0 1 ",
            "99999999999999999999 1 1 1 0 0 1 ",
            "1 -1 1 1 0 0 1 ",
            "1 4294967296 1 1 0 0 1 ",
            "1 1 9223372036854775807 1 0 0 1 ",
            "1 1 1 -1 0 0 1 ",
            "1 1 1  0 0 1 ",
            "1 1 1 1 0 0  ",
            "1 1 1 1 0 -1 1 ",
            "1 1 1 1 9223372036854775807 0 1 ",
        ] {
            let text = format!("{numbers}{ID}AB1");
            assert_eq!(entries(&text), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn values_over_the_limit_are_elsewhere() {
        let value = "x".repeat(LARGE);
        let text = format!("1 1 0 1  {LARGE} {LARGE} {ID}A{value}{value}");
        let entries = entries(&text).unwrap();
        assert!(matches!(entries[..], [Entry::Event(Record { data, .. })] if data.len() == LARGE));
        for lengths in [" 2 65537 ", " 65537 2 "] {
            let text = format!("1 1 0 1 {lengths}");
            assert_eq!(Page::new(text.as_bytes()).next(), Ok(Some(Entry::Large(1))));
        }
    }

    fn bare(text: &str) -> Result<Vec<Entry<'_>>, Malformed> {
        let mut page = Page::new(text.as_bytes());
        let mut versions = 7..;
        std::iter::from_fn(|| page.next_bare(versions.next()?).transpose()).collect()
    }

    #[test]
    fn bare_records_have_the_versions_that_follow_each_other() {
        let entries = bare("1 1 4 Anull2 2 1 AB1").unwrap();
        let record = Record {
            version: 7,
            event_id: Uuid::nil().into(),
            event_type: "A",
            schema_version: 1,
            data: b"null",
            triggering_event: None,
            metadata: None,
            recorded_at: Timestamp::UNIX_EPOCH,
        };
        let last = Record { version: 8, event_type: "AB", schema_version: 2, data: b"1", ..record };
        assert_eq!(entries, [Entry::Event(record), Entry::Event(last)]);
        assert_eq!(bare("1 1 65537 ").unwrap(), [Entry::Large(7)]);
    }

    #[test]
    fn anything_else_is_no_bare_record() {
        let text = "1 1 4 Anull";
        for end in 1..text.len() {
            assert_eq!(bare(&text[..end]), Err(Malformed), "{}", &text[..end]);
        }
        for text in [
            " 1 1 A1",
            "-1 1 1 A1",
            "-0 1 1 A1",
            "1 - 1 A1",
            "1 1 -1 A1",
            "1 x 1 A1",
            "1 1 99999999999999999999 A1",
        ] {
            assert_eq!(bare(text), Err(Malformed), "{text}");
        }
    }
    #[test]
    fn streams_follow_each_other() {
        let text = "3 0 11 1 1 4 Anull0 0 0 2 1 1 x";
        let mut rest = Page::new(text.as_bytes());
        assert_eq!(rest.stream(), Some((3, false, &b"1 1 4 Anull"[..])));
        assert_eq!(rest.stream(), Some((0, false, &b""[..])));
        assert_eq!(rest.stream(), Some((2, true, &b"x"[..])));
        assert_eq!(rest.stream(), None);
        for text in ["3 0 2 x", "3 0 ", "-1 0 0 ", "1  0 ", "1 0 -1 ", "x"] {
            assert_eq!(Page::new(text.as_bytes()).stream(), None, "{text}");
        }
    }
}
