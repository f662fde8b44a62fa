//! Writes the code for an aggregate that was understood.

mod aggregate_impl;
mod checks;
mod command_enum;
mod command_impls;
mod conditional;
mod event_enum;
mod event_impls;
mod snapshots;
mod steps;
mod stub;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;

use super::model::Aggregate;
use crate::spans::at;

/// The enums, and all else in a block of its own.
pub(super) fn aggregate(aggregate: &Aggregate<'_>) -> TokenStream {
    let condition = &aggregate.condition;
    let allow_deprecated = aggregate.allow_deprecated();
    let enums = [event_enum::definition(aggregate), command_enum::definitions(aggregate)];
    let parts = [
        aggregate_impl::aggregate(aggregate),
        command_impls::services(aggregate),
        command_impls::handlers(aggregate),
        event_impls::handlers(aggregate),
        event_enum::impls(aggregate),
        command_enum::impls(aggregate),
        steps::constants(aggregate),
        checks::assertions(aggregate),
        checks::registration(aggregate),
    ];
    quote_spanned! {aggregate.span()=>
        #(#enums)*

        #condition
        #[allow(unreachable_patterns)]
        #allow_deprecated
        const _: () = {
            #(#parts)*
        };
    }
}

/// The name of a parameter, or `_` for one that isn't used.
fn parameter(name: &str, used: bool, span: Span) -> TokenStream {
    if used { Ident::new(name, span).into_token_stream() } else { quote_spanned!(span=> _) }
}

/// `<Type as Trait>::NAME`. Its ends are at the type, so that the compiler reports a type without the trait only once.
fn associated(ty: &TokenStream, of_trait: &TokenStream, name: &str) -> TokenStream {
    let place = ty.span();
    let (open, name) = (quote_spanned!(place=> <), Ident::new(name, place));
    quote_spanned!(at(place)=> #open #ty as #of_trait>::#name)
}
