//! The events of all parcels in one order, as a subscriber sees them.

use std::ops::ControlFlow;

use anyhow::Context;
use es_core::store::{FeedFilter, FeedQuery, Position};
use es_core::{DecodeError, EventId, EventStore, registry};

/// An event as it is today.
#[derive(Debug)]
pub struct Seen {
    pub position: Position,
    pub event_id: EventId,
    pub event_type: String,
    pub schema_version: u32,
    pub json: String,
}

/// Reads all of it.
pub async fn read(store: &impl EventStore) -> anyhow::Result<Vec<Seen>> {
    let aggregates = registry::aggregates();
    let parcel = aggregates.iter().find(|aggregate| aggregate.entity_type == "Parcel");
    let parcel = parcel.context("no parcels in this program")?;
    let (filter, mut after, mut seen) = (FeedFilter::all(), Position::START, Vec::new());
    loop {
        let mut read: Result<(), DecodeError> = Ok(());
        let visit = &mut |position, raw: es_core::store::RawEvent<'_>| {
            read = parcel.upcast(&raw, &mut |now| {
                seen.push(Seen {
                    position,
                    event_id: now.event_id,
                    event_type: now.event_type.to_owned(),
                    schema_version: now.schema_version,
                    json: String::from_utf8_lossy(now.data).into_owned(),
                });
                Ok(())
            });
            if read.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let page = store.feed(FeedQuery::new(after, 100, &filter), visit).await?;
        read?;
        after = page.last;
        if page.at_end {
            return Ok(seen);
        }
    }
}
