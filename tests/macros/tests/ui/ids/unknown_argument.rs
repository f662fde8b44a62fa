//! An argument that ids do not have.

use es_core::prelude::*;

#[derive(Debug, Clone, AggregateId)]
#[aggregate_id(type = "iban")]
pub struct Iban(pub String);

pub fn usage(iban: Iban) -> String {
    iban.0
}

fn main() {}
