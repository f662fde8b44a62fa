//! An id that cannot be cloned.

use es_core::prelude::*;

#[derive(AggregateId)]
pub struct Iban(pub String);

pub fn usage(iban: Iban) -> String {
    iban.0
}

fn main() {}
