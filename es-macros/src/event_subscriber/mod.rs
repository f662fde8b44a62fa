//! `#[event_subscriber]`: parse → model → validate → expand.

mod expand;
mod model;
#[cfg(test)]
mod tests;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;

use crate::block::{self, Block};
use crate::errors::Errors;
use crate::messages;
use crate::output::Output;

/// The block without its markers comes back in any case; what is generated goes with it as far as the block was
/// understood.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Output {
    let errors = Errors::default();
    let Some(block) = Block::new(&item, "event_subscriber") else {
        errors.push(quote!(), messages::subscriber_not_an_impl(block::name_of_item(&item)));
        return Output { item, errors: errors.to_tokens(), ..Output::default() };
    };
    let model = validate::subscriber(arguments, &block, &errors);
    Output {
        name: model.as_ref().map(|subscriber| subscriber.plain_name()).unwrap_or_default(),
        generated: model.map(|subscriber| expand::subscriber(&subscriber)).unwrap_or_default(),
        markers: block.markers(),
        item: block.into_item(),
        errors: errors.to_tokens(),
    }
}
