//! Stored names are distinct, and the registry knows the aggregate.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::super::model::Aggregate;
use crate::spans::at;

/// Compares each event's names with those of the events before it.
pub(super) fn distinct_names(aggregate: &Aggregate<'_>) -> TokenStream {
    let es_core = &aggregate.es_core;
    let mut earlier = TokenStream::new();
    let mut checks = TokenStream::new();
    for event in &aggregate.event_handlers {
        let (condition, ty) = (&event.handler.condition, &event.handler.message);
        let span = at(ty.span());
        if !earlier.is_empty() {
            checks.extend(quote_spanned! {span=>
                #condition
                const _: () = #es_core::__private::assert_new_name::<#ty>(&[#earlier]);
            });
        }
        earlier.extend(quote_spanned! {span=>
            #condition
            (<#ty as #es_core::Event>::TYPE, <#ty as #es_core::Event>::ALIASES),
        });
    }
    checks
}

pub(super) fn registration(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { es_core, self_type, .. } = aggregate;
    if !aggregate.sound {
        return TokenStream::new();
    }
    let path = format!("::{}", aggregate.plain_name());
    let commands = aggregate.command_handlers.iter().map(|command| {
        let handler = &command.handler;
        let (condition, ty, method) =
            (&handler.condition, &handler.message, handler.plain_method());
        let info = if command.creates {
            quote_spanned!(handler.span()=> creates)
        } else {
            quote_spanned!(handler.span()=> updates)
        };
        quote_spanned! {handler.span()=>
            #condition
            #es_core::registry::CommandInfo::#info::<#ty>(#method),
        }
    });
    let events = aggregate.event_handlers.iter().map(|event| {
        let handler = &event.handler;
        let (condition, ty, method) =
            (&handler.condition, &handler.message, handler.plain_method());
        quote_spanned! {handler.span()=>
            #condition
            #es_core::registry::EventInfo::of::<#ty>(#method),
        }
    });
    quote_spanned! {aggregate.span()=>
        #es_core::__private::submit! {
            #es_core::registry::AggregateInfo {
                entity_type: <#self_type as #es_core::Aggregate>::TYPE,
                rust_type: ::core::concat!(::core::module_path!(), #path),
                commands: &[#(#commands)*],
                events: &[#(#events)*],
            }
        }
    }
}
