//! An id of several kinds.

use es_core::prelude::*;

#[derive(Debug, Clone, AggregateId)]
pub enum Number {
    Iban(String),
}

pub fn usage(Number::Iban(iban): Number) -> String {
    iban
}

fn main() {}
