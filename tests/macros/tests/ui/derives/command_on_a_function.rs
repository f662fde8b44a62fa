//! A derive on a function.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Command)]
pub fn freeze() {}

pub fn usage() {
    freeze();
}

fn main() {}
