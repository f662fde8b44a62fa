//! Where the block has errors: code that has the right types and is never run.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{GenericArgument, PathArguments, Type};

use super::super::model::Handler;
use crate::types;

/// A body of any type.
pub(super) fn body(handler: &Handler) -> TokenStream {
    quote_spanned!(handler.span()=> ::core::unreachable!())
}

/// In place of a return type whose events may have no handler because of another error: no events, and the same error.
pub(super) fn output(output: &TokenStream) -> TokenStream {
    let error = syn::parse2::<Type>(output.clone()).ok().and_then(|output| error_type(&output));
    match error {
        Some(error) => quote!(::core::result::Result<(), #error>),
        None => quote!(()),
    }
}

/// The second argument of `Result<…, …>`.
fn error_type(output: &Type) -> Option<Type> {
    let last = types::path(output)?.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(_), Some(GenericArgument::Type(error)), None) if last.ident == "Result" => {
            let unnameable =
                types::find_impl_trait(error).is_some() || types::find_borrow(error).is_some();
            (!unnameable).then(|| error.clone())
        }
        _ => None,
    }
}
