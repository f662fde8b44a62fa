//! `#[command_handler]`, `#[event_handler]` and `#[upcaster]` where no `#[aggregate]` has taken them away.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::cfg::Meta;
use crate::errors::Errors;
use crate::messages;
use crate::output::Output;

/// The argument under which a marker vanishes. `#[aggregate]` writes each of its markers once more with it, so that the
/// user's import of the marker counts as used and editors know what it is.
const SEEN: &str = "__seen";

/// Repeats a marker on nothing.
pub(crate) fn seen(path: &TokenStream) -> TokenStream {
    let seen = proc_macro2::Ident::new(SEEN, Span::call_site());
    quote!(#[#path(#seen)] const _: () = ();)
}

/// A marker outside of an `#[aggregate]` block.
pub(crate) fn expand(marker: &str, arguments: TokenStream, item: TokenStream) -> Output {
    if Meta::new(arguments).name == SEEN {
        return Output::default();
    }
    let errors = Errors::default();
    errors.push(quote!(), messages::misplaced_marker(marker));
    Output { item, errors: errors.to_tokens(), ..Output::default() }
}
