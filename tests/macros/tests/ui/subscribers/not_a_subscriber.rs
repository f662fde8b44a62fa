//! A type without the macro.

use es_core::prelude::*;

pub struct Letters;

pub const fn usage<S: EventSubscriber>(subscriber: S) -> S {
    subscriber
}

fn main() {
    usage(Letters);
}
