//! Stored names are distinct, and the registry knows the aggregate.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::super::model::Aggregate;
use super::{command_enum, event_enum};

/// Compares each event's names with those of the events before it.
pub(super) fn distinct_names(aggregate: &Aggregate<'_>) -> TokenStream {
    let mut earlier = TokenStream::new();
    let mut checks = TokenStream::new();
    for event in &aggregate.event_handlers {
        let (condition, span) = (&event.handler.condition, event.handler.message_span());
        let es_core = aggregate.es_core_at(span);
        let names = event_enum::handled(aggregate, &event.handler, "NAMES");
        if !earlier.is_empty() {
            checks.extend(quote_spanned! {span=>
                #condition
                const _: () = #es_core::__private::assert_new_name(#names, &[#earlier]);
            });
        }
        earlier.extend(quote_spanned!(span=> #condition #names,));
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
        let (condition, method) = (&handler.condition, handler.plain_method());
        let known = if command.creates { "CREATES" } else { "UPDATES" };
        let known = command_enum::handled(aggregate, handler, known);
        quote_spanned! {handler.span()=>
            #condition
            #es_core::registry::CommandInfo { handler: #method, ..#known },
        }
    });
    let events = aggregate.event_handlers.iter().map(|event| {
        let handler = &event.handler;
        let (condition, method) = (&handler.condition, handler.plain_method());
        let known = event_enum::handled(aggregate, handler, "INFO");
        quote_spanned! {handler.span()=>
            #condition
            #es_core::registry::EventInfo { handler: #method, ..#known },
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
