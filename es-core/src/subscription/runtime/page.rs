use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;

use super::deliver::message;
use super::partition::partition_of;
use super::routes::Routes;
use crate::store::{Position, RawEvent};
use crate::subscription::{EntityKey, HandlerInfo};
use crate::{DecodeError, EventId, ReplayError, ReplayFailure, Version};

/// A page holds no more bytes than this, but for a single event that is larger.
const MOST_BYTES: usize = 4 << 20;

/// Stored events on their way to handlers, in the shape that this program reads, all in one buffer.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    data: Vec<u8>,
    parts: Vec<Part>,
    units: Vec<Unit>,
}

/// A stored event: it is handled as a whole, or not at all.
pub(super) struct Unit {
    pub(super) position: Position,
    pub(super) partition: u32,
    pub(super) event_id: EventId,
    pub(super) entity_type: &'static str,
    entity_id: Range<u32>,
    version: Version,
    recorded_at: Timestamp,
    metadata: Option<Range<u32>>,
    triggering_event: Option<Range<u32>>,
    parts: Range<u32>,
    /// Whether one of its handlers takes the transaction.
    pub(super) transactional: bool,
    /// Why it can't be read.
    pub(super) unreadable: Option<Arc<ReplayError>>,
}

/// What a stored event means now, or one of several things that it does.
struct Part {
    handler: u32,
    event_type: &'static str,
    event_id: EventId,
    schema_version: u32,
    data: Range<u32>,
}

/// How much a page has.
#[derive(Clone, Copy, Default)]
pub(super) struct Room {
    text: usize,
    data: usize,
    parts: usize,
    units: usize,
}

impl Page {
    /// With room for as much as another one has: pages are alike, and what grows is copied.
    pub(super) fn with(room: Room) -> Self {
        Page {
            text: String::with_capacity(room.text),
            data: Vec::with_capacity(room.data),
            parts: Vec::with_capacity(room.parts),
            units: Vec::with_capacity(room.units),
        }
    }

    pub(super) fn room(&self) -> Room {
        Room {
            text: self.text.len().min(MOST_BYTES),
            data: self.data.len().min(MOST_BYTES),
            parts: self.parts.len(),
            units: self.units.len(),
        }
    }

    /// Takes over what a feed shows, as far as there are handlers for it.
    pub(super) fn take(
        &mut self,
        routes: &Routes,
        partitions: u32,
        position: Position,
        raw: &RawEvent<'_>,
    ) -> ControlFlow<()> {
        let Some(aggregate) = routes.aggregate(raw.entity_type) else {
            return ControlFlow::Continue(());
        };
        let first = self.parts.len();
        let mut transactional = false;
        let mut show = |current: RawEvent<'_>| {
            if let Some(handler) = routes.handler(aggregate.entity_type, current.event_type) {
                transactional |= handler.takes_transaction;
                self.add_part(handler, &current);
            }
            Ok(())
        };
        // Upcasters are the user's. What is half added isn't handled.
        let read = catch_unwind(AssertUnwindSafe(|| aggregate.upcast(raw, &mut show)));
        let read = read.unwrap_or_else(|panic| Err(DecodeError::Panicked(message(&*panic))));
        let unreadable =
            read.err().map(|error| Arc::new(ReplayError::new(raw, ReplayFailure::from(error))));
        if self.parts.len() > first || unreadable.is_some() {
            let unit = Unit {
                position,
                partition: partition_of(raw.entity_type, raw.entity_id, partitions),
                event_id: raw.event_id,
                entity_type: aggregate.entity_type,
                entity_id: self.add_text(raw.entity_id),
                version: raw.version,
                recorded_at: raw.recorded_at,
                metadata: raw.metadata.map(|metadata| self.add_text(metadata)),
                triggering_event: raw.triggering_event.map(|message| self.add_text(message)),
                parts: first as u32..self.parts.len() as u32,
                transactional,
                unreadable,
            };
            self.units.push(unit);
        }
        if self.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Whether it takes no more.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() + self.data.len() >= MOST_BYTES
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }

    pub(super) fn unit(&self, number: u32) -> &Unit {
        &self.units[number as usize]
    }

    pub(super) fn entity_id(&self, unit: &Unit) -> &str {
        self.text(&unit.entity_id)
    }

    pub(super) fn entity(&self, unit: &Unit) -> EntityKey {
        EntityKey::new(unit.entity_type, self.entity_id(unit))
    }

    /// What handlers are called with, in order: their numbers and the events.
    pub(super) fn deliveries(&self, unit: &Unit) -> impl Iterator<Item = (u32, RawEvent<'_>)> {
        let parts = &self.parts[unit.parts.start as usize..unit.parts.end as usize];
        parts.iter().map(|part| {
            let raw = RawEvent {
                entity_type: unit.entity_type,
                entity_id: self.entity_id(unit),
                version: unit.version,
                event_id: part.event_id,
                event_type: part.event_type,
                schema_version: part.schema_version,
                data: &self.data[part.data.start as usize..part.data.end as usize],
                metadata: unit.metadata.as_ref().map(|range| self.text(range)),
                triggering_event: unit.triggering_event.as_ref().map(|range| self.text(range)),
                recorded_at: unit.recorded_at,
            };
            (part.handler, raw)
        })
    }

    fn add_part(&mut self, handler: &HandlerInfo, current: &RawEvent<'_>) {
        let start = self.data.len() as u32;
        self.data.extend_from_slice(current.data);
        self.parts.push(Part {
            handler: handler.number,
            event_type: handler.event_type,
            event_id: current.event_id,
            schema_version: current.schema_version,
            data: start..self.data.len() as u32,
        });
    }

    fn add_text(&mut self, text: &str) -> Range<u32> {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        start..self.text.len() as u32
    }

    fn text(&self, range: &Range<u32>) -> &str {
        &self.text[range.start as usize..range.end as usize]
    }
}
