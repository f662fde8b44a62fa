//! Makes cargo compile the user's crate again when `ES_EXPAND` changes.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// Reads the variable at compile time, which is how the compiler tells cargo of it.
pub(crate) fn when_asked_to_print() -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        const _: ::core::option::Option<&'static str> = ::core::option_env!("ES_EXPAND");
    }
}
