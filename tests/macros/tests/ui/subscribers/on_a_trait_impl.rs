//! The macro on the impl of a trait.

use es_core::prelude::*;

pub struct Letters;

#[event_subscriber(id = "letters")]
impl Clone for Letters {
    fn clone(&self) -> Self {
        Letters
    }
}

fn main() {
    let _ = Letters.clone();
}
