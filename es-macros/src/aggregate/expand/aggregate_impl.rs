//! `impl Aggregate`: one `match` for an event in memory, one for a stored event.

use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::super::model::{Aggregate, Handler};
use super::event_enum::{handled, stored_under, stored_under_alias};
use super::{snapshots, steps};

pub(super) fn aggregate(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { es_core, self_type, stored_name, id, event_enum, .. } = aggregate;
    let span = aggregate.span();
    let unit = quote_spanned!(span=> ());
    let services = aggregate.services.as_ref().unwrap_or(&unit);
    let apply_arms = apply_arms(aggregate);
    let replay_arms = replay_arms(aggregate);
    let constants = constants(aggregate);
    let snapshots = snapshots::constant(aggregate);
    quote_spanned! {span=>
        #[automatically_derived]
        impl #es_core::Aggregate for #self_type {
            const TYPE: &'static str = #stored_name;
            #constants
            #snapshots
            type Id = #id;
            type Event = #event_enum;
            type Services = #services;

            fn apply(
                state: &mut ::core::option::Option<Self>,
                event: #event_enum,
                cx: &#es_core::EventContext<'_>,
            ) -> ::core::result::Result<(), #es_core::NotStarted> {
                match event {
                    #apply_arms
                }
            }

            fn replay(
                state: &mut ::core::option::Option<Self>,
                raw: &#es_core::store::RawEvent<'_>,
            ) -> ::core::result::Result<(), #es_core::ReplayFailure> {
                match raw.event_type {
                    #replay_arms
                    _ => #es_core::__private::replay_unknown(state, raw),
                }
            }
        }

        #[automatically_derived]
        impl #es_core::IdOf<#self_type> for <#self_type as #es_core::Aggregate>::Id {}
    }
}

/// What is known of the events, beside their types.
fn constants(aggregate: &Aggregate<'_>) -> TokenStream {
    let (es_core, span) = (&aggregate.es_core, aggregate.span());
    let upcasters = steps::are_there(aggregate).then(|| {
        quote_spanned! {span=>
            const UPCASTERS: &'static [#es_core::evolution::Upcaster] = UPCASTERS;
        }
    });
    let skips_unknown = aggregate.skips_unknown.then(
        || quote_spanned!(span=> const SKIPS_UNKNOWN_EVENTS: ::core::primitive::bool = true;),
    );
    let asks_for_context = aggregate.event_handlers.iter().any(|event| event.context.is_some())
        || aggregate.upcasters.iter().any(|upcaster| upcaster.context.is_some());
    let reads_context = (!asks_for_context)
        .then(|| quote_spanned!(span=> const READS_CONTEXT: ::core::primitive::bool = false;));
    quote_spanned! {span=>
        #reads_context
        const EVENTS: &'static [#es_core::registry::EventInfo] = EVENTS;
        #upcasters
        #skips_unknown
    }
}

fn apply_arms(aggregate: &Aggregate<'_>) -> TokenStream {
    let arms = aggregate.event_handlers.iter().map(|event| {
        let handler = &event.handler;
        let (condition, variant) = (&handler.condition, handler.variant_at_method());
        let event_enum = aggregate.event_enum_at(handler.span());
        let fold = handled(aggregate, handler, "fold");
        quote_spanned! {handler.span()=>
            #condition
            #event_enum::#variant(event) => #fold(event, state, cx),
        }
    });
    arms.collect()
}

/// Exact names first, older names after them.
fn replay_arms(aggregate: &Aggregate<'_>) -> TokenStream {
    let arms = |pattern: fn(&Aggregate<'_>, &Handler) -> TokenStream| {
        let arms = aggregate.event_handlers.iter().map(|event| {
            let handler = &event.handler;
            let condition = &handler.condition;
            let pattern = pattern(aggregate, handler);
            let replay = handled(aggregate, handler, "replay");
            quote_spanned! {handler.span()=>
                #condition
                #pattern => #replay(state, raw),
            }
        });
        arms.collect::<TokenStream>()
    };
    [arms(stored_under), arms(stored_under_alias)].into_iter().collect()
}
