//! One `Evolve` for each event handler.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::super::model::{Aggregate, Effect, EventHandler, Handler};
use super::event_enum::handled;
use super::{parameter, stub};
use crate::spans::at;

pub(super) fn handlers(aggregate: &Aggregate<'_>) -> TokenStream {
    aggregate.event_handlers.iter().map(|event| handler(aggregate, event)).collect()
}

fn handler(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let handler = &event.handler;
    let (condition, ty) = (&handler.condition, &handler.message);
    let span = handler.span();
    let es_core = aggregate.es_core_at(span);
    let header = header(aggregate, handler);
    let sound = aggregate.sound;
    let state = parameter("state", sound, span);
    let event_name = parameter("event", sound, span);
    let cx = parameter("cx", sound && event.context.is_some(), span);
    let body = if sound { fold(aggregate, event) } else { stub::body(handler) };
    quote_spanned! {span=>
        #condition
        #[automatically_derived]
        #header {
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

/// The trait at the event, so that the compiler shows it where it isn't one; the rest at the aggregate.
fn header(aggregate: &Aggregate<'_>, handler: &Handler) -> TokenStream {
    let (self_type, ty, span) = (aggregate.self_type, &handler.message, handler.message_span());
    let es_core = aggregate.es_core_at(span);
    let evolve = quote_spanned!(span=> #es_core::Evolve<#ty>);
    quote_spanned!(aggregate.span()=> impl #evolve for #self_type)
}

fn fold(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let span = event.handler.span();
    let method = &event.handler.method;
    let argument = argument(event);
    let started = handled(aggregate, &event.handler, "started");
    let taken = handled(aggregate, &event.handler, "taken");
    let begin = begin(aggregate);
    let fold = match (event.effect, &begin) {
        (Effect::Starts, _) => quote_spanned! {span=>
            *state = ::core::option::Option::Some(Self::#method(#argument));
        },
        (Effect::Changes, None) => quote_spanned! {span=>
            #started(state)?.#method(#argument);
        },
        (Effect::Changes, Some(begin)) => quote_spanned! {span=>
            #begin.#method(#argument);
        },
        (Effect::MovesOn, None) => quote_spanned! {span=>
            let before = #taken(state)?;
            *state = ::core::option::Option::Some(before.#method(#argument));
        },
        (Effect::MovesOn, Some(begin)) => quote_spanned! {span=>
            #begin;
            let before = #taken(state)?;
            *state = ::core::option::Option::Some(before.#method(#argument));
        },
    };
    quote_spanned! {span=>
        #fold
        ::core::result::Result::Ok(())
    }
}

/// Begins the state with the default if there is none, where no event handler starts it. All at the type, so that a
/// missing `Default` is one error.
fn begin(aggregate: &Aggregate<'_>) -> Option<TokenStream> {
    let Aggregate { es_core, self_type, .. } = aggregate;
    aggregate.starts_from_default().then(|| {
        quote_spanned! {aggregate.span()=>
            #es_core::__private::started_or_default::<#self_type>(state)
        }
    })
}

/// What the method is called with.
fn argument(event: &EventHandler) -> TokenStream {
    let span = event.handler.message_span();
    let reference = event.handler.by_reference.then(|| quote_spanned!(span=> &));
    let context = event.context.map(|context| quote_spanned!(at(context)=> , cx));
    quote_spanned!(span=> #reference event #context)
}
