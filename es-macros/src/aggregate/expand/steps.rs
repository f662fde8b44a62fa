//! What is known of the events, and the steps from their older versions.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::super::model::{Aggregate, EventHandler, Upcaster};
use super::{associated, event_enum};
use crate::spans::at;

/// Whether there are upcasters to generate something for.
pub(super) fn are_there(aggregate: &Aggregate<'_>) -> bool {
    aggregate.sound && !aggregate.upcasters.is_empty()
}

/// The lists that `Aggregate` and the registry give away.
pub(super) fn constants(aggregate: &Aggregate<'_>) -> TokenStream {
    let es_core = &aggregate.es_core;
    let events = aggregate.event_handlers.iter().map(|event| known(aggregate, event));
    let upcasters = are_there(aggregate).then(|| {
        let upcasters = aggregate.upcasters.iter().map(|upcaster| step(aggregate, upcaster));
        quote_spanned! {aggregate.span()=>
            const UPCASTERS: &[#es_core::evolution::Upcaster] = &[#(#upcasters)*];
        }
    });
    quote_spanned! {aggregate.span()=>
        const EVENTS: &[#es_core::registry::EventInfo] = &[#(#events)*];
        #upcasters
    }
}

fn known(aggregate: &Aggregate<'_>, event: &EventHandler) -> TokenStream {
    let handler = &event.handler;
    let (condition, method) = (&handler.condition, handler.plain_method());
    let known = event_enum::handled(aggregate, handler, "INFO");
    let deleting = event.deletes.then(|| quote_spanned!(handler.span()=> .deleting()));
    quote_spanned!(handler.span()=> #condition #known.handled_by(#method)#deleting,)
}

fn step(aggregate: &Aggregate<'_>, upcaster: &Upcaster) -> TokenStream {
    let Upcaster { method, condition, event, from, json, .. } = upcaster;
    let (self_type, span) = (aggregate.self_type, upcaster.span());
    let es_core = aggregate.es_core_at(span);
    let name = method.unraw().to_string();
    let into = upcaster.into.iter().map(|(name, version)| quote_spanned!(span=> (#name, #version)));
    let (cx, argument) = match upcaster.context {
        Some(context) => (quote_spanned!(span=> cx), Some(quote_spanned!(at(context)=> , cx))),
        None => (quote_spanned!(span=> _), None),
    };
    let taken = at(json.span());
    let es_core_at_json = aggregate.es_core_at(taken);
    let takes = quote_spanned!(taken=> #es_core_at_json::__private::TakesJson);
    let take = associated(&json.to_token_stream(), &takes, "take");
    quote_spanned! {span=>
        #condition
        #es_core::evolution::Upcaster::new(#event, #from, &[#(#into),*], #name, |json, #cx| {
            #es_core::evolution::IntoUpcast::into_upcast(<#self_type>::#method(#take(json) #argument))
        }),
    }
}
