//! Stored names are distinct, older versions can be read, and the registry knows the aggregate.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::super::model::Aggregate;
use super::{command_enum, steps};
use crate::cfg::Condition;
use crate::spans::at;

/// Asserts that each event's names are no other's and its older versions can be read, that each step leads to something
/// that is read, and that the commands that are dispatched by name have different ones.
pub(super) fn assertions(aggregate: &Aggregate<'_>) -> TokenStream {
    [of_events(aggregate), of_steps(aggregate), of_commands(aggregate)].into_iter().collect()
}

fn of_events(aggregate: &Aggregate<'_>) -> TokenStream {
    let events = aggregate.event_handlers.iter().map(|event| &event.handler);
    let checks = events.clone().enumerate().map(|(index, handler)| {
        let (condition, span) = (&handler.condition, handler.message_span());
        let place = place(events.clone().take(index).map(|handler| &handler.condition), span);
        let (es_core, names) = (aggregate.es_core_at(span), Ident::new("EVENTS", span));
        let steps = steps_at(aggregate, span);
        quote_spanned! {span=>
            #condition
            const _: () = #es_core::__private::assert_event(#names, #steps, #place);
        }
    });
    checks.collect()
}

fn of_steps(aggregate: &Aggregate<'_>) -> TokenStream {
    if !steps::are_there(aggregate) {
        return TokenStream::new();
    }
    let upcasters = &aggregate.upcasters;
    let checks = upcasters.iter().enumerate().map(|(index, upcaster)| {
        let (condition, span) = (&upcaster.condition, at(upcaster.event.span()));
        let place = place(upcasters.iter().take(index).map(|upcaster| &upcaster.condition), span);
        let (es_core, names) = (aggregate.es_core_at(span), Ident::new("EVENTS", span));
        let steps = steps_at(aggregate, span);
        quote_spanned! {span=>
            #condition
            const _: () =
                #es_core::__private::assert_step(#names, #steps, #place, &mut [0; #steps.len()]);
        }
    });
    checks.collect()
}

/// The list of the steps, which may be none.
fn steps_at(aggregate: &Aggregate<'_>, span: Span) -> TokenStream {
    if steps::are_there(aggregate) {
        Ident::new("UPCASTERS", span).into_token_stream()
    } else {
        quote_spanned!(span=> &[])
    }
}

fn of_commands(aggregate: &Aggregate<'_>) -> TokenStream {
    if aggregate.command_enum.is_none() {
        return TokenStream::new();
    }
    let commands = aggregate.command_handlers.iter().map(|command| &command.handler);
    let checks = commands.clone().enumerate().skip(1).map(|(index, handler)| {
        let (condition, span) = (&handler.condition, handler.message_span());
        let place = place(commands.clone().take(index).map(|handler| &handler.condition), span);
        let (es_core, names) = (aggregate.es_core_at(span), Ident::new("COMMANDS", span));
        quote_spanned! {span=>
            #condition
            const _: () = #es_core::__private::assert_new_command(#names, #place);
        }
    });
    checks.collect()
}

/// How many of those with these conditions exist.
fn place<'a>(conditions: impl Iterator<Item = &'a Condition> + Clone, span: Span) -> TokenStream {
    let always = conditions.clone().filter(|condition| condition.is_always()).count();
    let always = Literal::usize_unsuffixed(always);
    let predicates = conditions.filter_map(Condition::predicate);
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
    let steps = steps_at(aggregate, aggregate.span());
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
    quote_spanned! {aggregate.span()=>
        const INFO: #es_core::registry::AggregateInfo = #es_core::registry::AggregateInfo {
            entity_type: <#self_type as #es_core::Aggregate>::TYPE,
            rust_type: ::core::concat!(::core::module_path!(), #path),
            commands: &[#(#commands)*],
            events: EVENTS,
            upcasters: #steps,
        };
        #es_core::__private::submit! { INFO }
    }
}
