//! What else Rust offers works in and around an aggregate as it does elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(missing_docs, unreachable_pub, reason = "these aggregates are for nobody else")]

#[path = "language/attributes.rs"]
mod attributes;
#[path = "language/blocks.rs"]
mod blocks;
#[path = "language/conditions.rs"]
mod conditions;
#[path = "language/events.rs"]
mod events;
#[path = "language/identifiers.rs"]
mod identifiers;
#[path = "language/ids.rs"]
mod ids;
#[path = "language/members.rs"]
mod members;
#[path = "language/parameters.rs"]
mod parameters;
#[path = "language/places.rs"]
mod places;
#[path = "language/returns.rs"]
mod returns;
#[path = "language/services.rs"]
mod services;
#[path = "language/sharing.rs"]
mod sharing;
#[path = "language/states.rs"]
mod states;

thread_local! {
    static SEEN: std::cell::RefCell<Vec<&'static str>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// Called by methods with the attribute `instrument`.
fn seen(text: &'static str) {
    SEEN.with_borrow_mut(|all| all.push(text));
}
