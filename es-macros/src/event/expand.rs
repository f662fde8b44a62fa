use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::model::Event;
use crate::spans::{at, beginning_at};

pub(super) fn event(event: &Event<'_>) -> TokenStream {
    let Event { es_core, allow_deprecated, ident, stored_name, .. } = event;
    let span = at(ident.span());
    let aliases = aliases(event);
    let version = version(event);
    let (from, from_is_older) = (from(event), from_is_older(event));
    let bound = if event.pseudo {
        quote_spanned!(span=> #es_core::Aggregate)
    } else {
        quote_spanned!(span=> #es_core::Evolve<#ident>)
    };
    let push = Ident::new(if event.pseudo { "push_pseudo" } else { "push" }, span);
    // An event may be called as the parameter.
    let aggregate = Ident::new(if *ident == "A" { "B" } else { "A" }, span);
    quote_spanned! {span=>
        #[automatically_derived]
        #allow_deprecated
        impl #es_core::Event for #ident {
            const TYPE: &'static str = #stored_name;
            #aliases
            #version
            #from
        }

        #from_is_older

        #[automatically_derived]
        #allow_deprecated
        impl<#aggregate: #bound> #es_core::IntoEvents<#aggregate> for #ident {
            fn into_events(self, events: &mut #es_core::Events<#aggregate>) {
                events.#push(self);
            }
        }

        #[automatically_derived]
        #allow_deprecated
        impl<#aggregate: #bound> #es_core::Decision<#aggregate> for #ident {
            type Error = ::core::convert::Infallible;
            type Failure = #es_core::Failure;

            fn decide(
                self,
                events: &mut #es_core::Events<#aggregate>,
            ) -> ::core::result::Result<(), Self::Error> {
                events.#push(self);
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

fn from(event: &Event<'_>) -> Option<TokenStream> {
    let (es_core, older) = (&event.es_core, event.from.as_ref()?);
    let span = at(syn::spanned::Spanned::span(older));
    Some(quote_spanned! {span=>
        const FROM: ::core::option::Option<#es_core::evolution::TypedStep<Self>> =
            ::core::option::Option::Some(#es_core::evolution::TypedStep::from::<#older>());
    })
}

/// Compares the names and versions of the two.
fn from_is_older(event: &Event<'_>) -> Option<TokenStream> {
    let allow_deprecated = &event.allow_deprecated;
    let span = at(syn::spanned::Spanned::span(event.from.as_ref()?));
    let es_core = beginning_at(&event.es_core, span);
    let mut ident = event.ident.clone();
    ident.set_span(span);
    Some(quote_spanned! {span=>
        #allow_deprecated
        const _: () = #es_core::__private::assert_older::<#ident>();
    })
}
