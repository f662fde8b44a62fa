//! Stored names are distinct, and the registry knows the aggregate.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;

use super::super::model::{Aggregate, Handler};
use super::{command_enum, event_enum};

/// Compares each event's names with those of the events before it, and so the commands that are dispatched by name.
pub(super) fn distinct_names(aggregate: &Aggregate<'_>) -> TokenStream {
    let events: Vec<_> = aggregate.event_handlers.iter().map(|event| &event.handler).collect();
    let commands: Vec<_> =
        aggregate.command_handlers.iter().map(|command| &command.handler).collect();
    let es_core = &aggregate.es_core;
    let names = events.iter().map(|handler| {
        let (condition, names) =
            (&handler.condition, event_enum::handled(aggregate, handler, "NAMES"));
        quote_spanned!(handler.span()=> #condition #names,)
    });
    let mut checks = TokenStream::new();
    if events.len() > 1 {
        // Where a condition leaves one event, there is nothing to compare.
        let conditional = events.iter().any(|handler| !handler.condition.is_always());
        let may_be_unused =
            conditional.then(|| quote_spanned!(aggregate.span()=> #[allow(dead_code)]));
        checks.extend(quote_spanned! {aggregate.span()=>
            #may_be_unused
            const EVENTS: &[#es_core::__private::Names] = &[#(#names)*];
        });
        checks.extend(distinct(aggregate, "assert_new_event", "EVENTS", &events));
    }
    if aggregate.command_enum.is_some() {
        checks.extend(distinct(aggregate, "assert_new_command", "COMMANDS", &commands));
    }
    checks
}

/// Calls `assert` with the constant `names` and the place in it of each handler that isn't the first.
fn distinct(
    aggregate: &Aggregate<'_>,
    assert: &str,
    names: &str,
    handlers: &[&Handler],
) -> TokenStream {
    let checks = handlers.iter().enumerate().skip(1).map(|(index, handler)| {
        let (condition, span) = (&handler.condition, handler.message_span());
        let (assert, names) = (Ident::new(assert, span), Ident::new(names, span));
        let es_core = aggregate.es_core_at(span);
        let place = place(handlers.iter().take(index), span);
        quote_spanned! {span=>
            #condition
            const _: () = #es_core::__private::#assert(#names, #place);
        }
    });
    checks.collect()
}

/// How many of the handlers exist.
fn place<'a>(handlers: impl Iterator<Item = &'a &'a Handler> + Clone, span: Span) -> TokenStream {
    let always = handlers.clone().filter(|handler| handler.condition.is_always()).count();
    let always = Literal::usize_unsuffixed(always);
    let predicates = handlers.filter_map(|handler| handler.condition.predicate());
    quote_spanned! {span=>
        #always #(+ ::core::cfg!(#predicates) as ::core::primitive::usize)*
    }
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
        const INFO: #es_core::registry::AggregateInfo = #es_core::registry::AggregateInfo {
            entity_type: <#self_type as #es_core::Aggregate>::TYPE,
            rust_type: ::core::concat!(::core::module_path!(), #path),
            commands: &[#(#commands)*],
            events: &[#(#events)*],
        };
        #es_core::__private::submit! { INFO }
    }
}
