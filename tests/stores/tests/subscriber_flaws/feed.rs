//! The feed of the store in memory, with a flaw.

use std::ops::ControlFlow;

use es_core::EventStore;
use es_core::store::{FeedPage, FeedQuery, FeedVisitor, Position, RawEvent, StoreError};

use crate::flaw::Flaw;
use crate::store::FlawedStore;

pub(crate) async fn show(
    store: &FlawedStore,
    query: FeedQuery<'_>,
    visit: &mut FeedVisitor<'_>,
) -> Result<FeedPage, StoreError> {
    match store.flaw {
        Some(Flaw::FeedsWithGaps) => {
            let mut show = |position: Position, raw: RawEvent<'_>| {
                if position.get().is_multiple_of(3) {
                    ControlFlow::Continue(())
                } else {
                    visit(position, raw)
                }
            };
            store.inner.feed(query, &mut show).await
        }
        Some(Flaw::FeedsTwice) => {
            let mut show = |position: Position, raw: RawEvent<'_>| {
                visit(position, raw)?;
                visit(position, raw)
            };
            store.inner.feed(query, &mut show).await
        }
        Some(Flaw::FeedsBackwards) => show_backwards(store, query, visit).await,
        _ => store.inner.feed(query, visit).await,
    }
}

async fn show_backwards(
    store: &FlawedStore,
    query: FeedQuery<'_>,
    visit: &mut FeedVisitor<'_>,
) -> Result<FeedPage, StoreError> {
    let mut positions = Vec::new();
    let mut note = |position: Position, _: RawEvent<'_>| {
        positions.push(position);
        ControlFlow::Continue(())
    };
    let page =
        store.inner.feed(FeedQuery::new(query.after, query.limit, query.filter), &mut note).await?;
    for (number, position) in positions.iter().rev().enumerate() {
        let before = Position::new(position.get() - 1);
        // They are numbered as if they came in this order.
        let number = positions[number];
        let mut show = |_: Position, raw: RawEvent<'_>| visit(number, raw);
        store.inner.feed(FeedQuery::new(before, 1, query.filter), &mut show).await?;
    }
    Ok(page)
}
