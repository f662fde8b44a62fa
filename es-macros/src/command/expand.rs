use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::model::Command;
use crate::spans::at;

pub(super) fn command(command: &Command<'_>) -> TokenStream {
    let Command { es_core, allow_deprecated, ident, stored_name } = command;
    quote_spanned! {at(ident.span())=>
        #[automatically_derived]
        #allow_deprecated
        impl #es_core::Command for #ident {
            const TYPE: &'static str = #stored_name;
        }
    }
}
