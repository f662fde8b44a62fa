//! An id without a field.

use es_core::prelude::*;

#[derive(Debug, Clone, AggregateId)]
pub struct TheOnlyOne;

pub fn usage() -> TheOnlyOne {
    TheOnlyOne
}

fn main() {}
