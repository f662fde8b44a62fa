//! One type as a command and as an event.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Serialize, Deserialize, Command, Event)]
pub struct Freeze;

pub fn usage() -> (&'static str, &'static str) {
    (<Freeze as Command>::TYPE, Freeze::TYPE)
}

fn main() {}
