//! A generic id.

use es_core::prelude::*;

#[derive(Debug, Clone, AggregateId)]
pub struct Number<T>(pub T);

pub fn usage(number: Number<u64>) -> u64 {
    number.0
}

fn main() {}
