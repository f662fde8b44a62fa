//! `#[derive(Event)]`.

mod expand;
mod model;

use proc_macro2::TokenStream;

use crate::derive;
use crate::output::Output;

pub(crate) fn derive(input: TokenStream) -> Output {
    derive::run(input, |input, errors| match model::Event::new(input, errors) {
        Some(event) => expand::event(&event),
        None => TokenStream::new(),
    })
}
