//! An id of two fields.

use es_core::prelude::*;

#[derive(Debug, Clone, AggregateId)]
pub struct Iban {
    pub country: String,
    pub account: String,
}

pub fn usage(id: &Iban) -> usize {
    id.country.len() + id.account.len()
}

fn main() {}
