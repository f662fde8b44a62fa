//! The macro on the type itself.

use es_core::prelude::*;

#[event_subscriber(id = "letters")]
pub struct Letters;

fn main() {
    let _ = Letters;
}
