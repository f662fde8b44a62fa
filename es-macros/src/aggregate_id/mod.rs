//! `#[derive(AggregateId)]`.

mod expand;
mod model;

use proc_macro2::TokenStream;

use crate::derive;
use crate::output::Output;

pub(crate) fn derive(input: TokenStream) -> Output {
    derive::run(input, |input, errors| match model::AggregateId::new(input, errors) {
        Some(id) => expand::aggregate_id(&id),
        None => TokenStream::new(),
    })
}
