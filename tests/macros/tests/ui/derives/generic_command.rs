//! A generic command.

use es_core::prelude::*;

include!("../messages.rs");

#[derive(Command)]
pub struct Freeze<R> {
    pub reason: R,
}

pub fn usage(command: Freeze<String>) -> String {
    command.reason
}

fn main() {}
