//! `#[derive(Command)]`.

mod expand;
mod model;

use proc_macro2::TokenStream;

use crate::derive;
use crate::output::Output;

pub(crate) fn derive(input: TokenStream) -> Output {
    derive::run(input, |input, errors| match model::Command::new(input, errors) {
        Some(command) => expand::command(&command),
        None => TokenStream::new(),
    })
}
