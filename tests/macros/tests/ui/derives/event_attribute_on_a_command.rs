//! The attribute of events on a command.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Command)]
#[event(type = "Halt")]
pub struct Freeze;

pub fn usage() -> &'static str {
    Freeze::TYPE
}

fn main() {}
