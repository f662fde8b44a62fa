//! Commands have no older names.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Command)]
#[command(alias = "Halt")]
pub struct Freeze;

pub fn usage() -> &'static str {
    Freeze::TYPE
}

fn main() {}
