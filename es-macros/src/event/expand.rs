use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::model::Event;
use crate::spans::at;

pub(super) fn event(event: &Event<'_>) -> TokenStream {
    let Event { es_core, allow_deprecated, ident, stored_name, .. } = event;
    let span = at(ident.span());
    let aliases = aliases(event);
    let version = version(event);
    // An event may be called as the parameter.
    let aggregate = Ident::new(if *ident == "A" { "B" } else { "A" }, span);
    quote_spanned! {span=>
        #[automatically_derived]
        #allow_deprecated
        impl #es_core::Event for #ident {
            const TYPE: &'static str = #stored_name;
            #aliases
            #version
        }

        #[automatically_derived]
        #allow_deprecated
        impl<#aggregate: #es_core::Evolve<#ident>> #es_core::IntoEvents<#aggregate> for #ident {
            fn into_events(self, events: &mut #es_core::Events<#aggregate>) {
                events.push(self);
            }
        }

        #[automatically_derived]
        #allow_deprecated
        impl<#aggregate: #es_core::Evolve<#ident>> #es_core::Decision<#aggregate> for #ident {
            type Error = ::core::convert::Infallible;
            type Failure = #es_core::Failure;

            fn decide(
                self,
                events: &mut #es_core::Events<#aggregate>,
            ) -> ::core::result::Result<(), Self::Error> {
                events.push(self);
                ::core::result::Result::Ok(())
            }

            fn rejected(error: Self::Error) -> Self::Failure {
                match error {}
            }
        }
    }
}

fn aliases(event: &Event<'_>) -> Option<TokenStream> {
    let aliases = &event.aliases;
    let span = at(event.ident.span());
    (!aliases.is_empty())
        .then(|| quote_spanned!(span=> const ALIASES: &'static [&'static str] = &[#(#aliases),*];))
}

fn version(event: &Event<'_>) -> Option<TokenStream> {
    let span = at(event.ident.span());
    event.version.as_ref().map(|version| quote_spanned!(span=> const VERSION: u32 = #version;))
}
