//! One `Evolve` for each event handler.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::super::model::{Aggregate, Effect, EventHandler};
use super::stub;
use crate::spans::at;

pub(super) fn handlers(aggregate: &Aggregate<'_>) -> TokenStream {
    aggregate.event_handlers.iter().map(|event| handler(aggregate, event)).collect()
}

fn handler(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let Aggregate { es_core, self_type, .. } = aggregate;
    let handler = &event.handler;
    let (condition, ty) = (&handler.condition, &handler.message);
    let span = handler.span();
    let (state, event_name, cx, body);
    if aggregate.sound {
        state = quote_spanned!(span=> state);
        event_name = quote_spanned!(span=> event);
        cx = event.context.map(|_| quote_spanned!(span=> cx));
        body = fold(aggregate, event);
    } else {
        state = quote_spanned!(span=> _);
        event_name = quote_spanned!(span=> _);
        cx = None;
        body = stub::body(handler);
    }
    let cx = cx.unwrap_or_else(|| quote_spanned!(span=> _));
    quote_spanned! {span=>
        #condition
        #[automatically_derived]
        impl #es_core::Evolve<#ty> for #self_type {
            fn evolve(
                #state: &mut ::core::option::Option<Self>,
                #event_name: #ty,
                #cx: &#es_core::EventContext<'_>,
            ) -> ::core::result::Result<(), #es_core::NotStarted> {
                #body
            }
        }
    }
}

fn fold(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let span = event.handler.span();
    let method = &event.handler.method;
    let argument = argument(event);
    let begun = begun(aggregate, event);
    match event.effect {
        Effect::Starts => quote_spanned! {span=>
            *state = ::core::option::Option::Some(Self::#method(#argument));
            ::core::result::Result::Ok(())
        },
        Effect::Changes => quote_spanned! {span=>
            #begun.#method(#argument);
            ::core::result::Result::Ok(())
        },
        Effect::MovesOn => quote_spanned! {span=>
            *state = ::core::option::Option::Some(#begun.#method(#argument));
            ::core::result::Result::Ok(())
        },
    }
}

/// The state that is there before the event.
fn begun(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let Aggregate { es_core, self_type, .. } = aggregate;
    let ty = &event.handler.message;
    if aggregate.starts_from_default() {
        // All at the type, so that a missing `Default` is one error.
        let span = aggregate.span();
        match event.effect {
            Effect::MovesOn => {
                quote_spanned!(span=> #es_core::__private::taken_or_default::<#self_type>(state))
            }
            _ => {
                quote_spanned!(span=> #es_core::__private::started_or_default::<#self_type>(state))
            }
        }
    } else {
        let span = event.handler.span();
        match event.effect {
            Effect::MovesOn => {
                quote_spanned!(span=> #es_core::__private::taken::<Self, #ty>(state)?)
            }
            _ => quote_spanned!(span=> #es_core::__private::started::<Self, #ty>(state)?),
        }
    }
}

/// What the method is called with.
fn argument(event: &EventHandler) -> TokenStream {
    let span = at(event.handler.message.span());
    let reference = event.handler.by_reference.then(|| quote_spanned!(span=> &));
    let context = event.context.map(|context| quote_spanned!(at(context)=> , cx));
    quote_spanned!(span=> #reference event #context)
}
