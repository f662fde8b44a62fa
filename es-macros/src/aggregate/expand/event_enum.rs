//! The enum of an aggregate's events.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::super::model::{Aggregate, Handler};
use super::associated;
use super::conditional::Types;

pub(super) fn definition(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { condition, visibility, event_enum, .. } = aggregate;
    let allow_deprecated = aggregate.allow_deprecated();
    let doc = format!(" The events of `{}`.", aggregate.plain_name());
    let variants = aggregate.event_handlers.iter().map(|event| {
        let handler = &event.handler;
        let (condition, variant, ty) = (&handler.condition, &handler.variant, &handler.message);
        let doc = format!(" Folded into the state by `{}`.", handler.plain_method());
        quote_spanned! {handler.span()=>
            #condition
            #[doc = #doc]
            #variant(#ty),
        }
    });
    quote_spanned! {aggregate.span()=>
        #condition
        #[doc = #doc]
        #[allow(private_interfaces, clippy::derive_partial_eq_without_eq)]
        #allow_deprecated
        #visibility enum #event_enum {
            #(#variants)*
        }
    }
}

pub(super) fn impls(aggregate: &Aggregate<'_>) -> TokenStream {
    [event_set(aggregate), conversions(aggregate), decision(aggregate), standard_traits(aggregate)]
        .into_iter()
        .collect()
}

/// The event as generated code sees it: this item of the trait by which it asks.
pub(super) fn handled(aggregate: &Aggregate<'_>, handler: &Handler, item: &str) -> TokenStream {
    let span = handler.message_span();
    let (es_core, self_type) = (aggregate.es_core_at(span), aggregate.self_type);
    let handled_by = quote_spanned!(span=> #es_core::__private::HandledBy<#self_type>);
    associated(&handler.message, &handled_by, item)
}

/// The pattern of an event's own stored name.
pub(super) fn stored_under(aggregate: &Aggregate<'_>, handler: &Handler) -> TokenStream {
    handled(aggregate, handler, "NAME")
}

/// The pattern of an event's older stored names.
pub(super) fn stored_under_alias(aggregate: &Aggregate<'_>, handler: &Handler) -> TokenStream {
    let is_alias = handled(aggregate, handler, "is_alias");
    quote_spanned!(handler.message_span()=> name if #is_alias(name))
}

fn event_set(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { es_core, event_enum, .. } = aggregate;
    let decode = |pattern: fn(&Aggregate<'_>, &Handler) -> TokenStream| {
        let arms = aggregate.event_handlers.iter().map(|event| {
            let handler = &event.handler;
            let (condition, variant) = (&handler.condition, handler.variant_at_method());
            let pattern = pattern(aggregate, handler);
            let decode = handled(aggregate, handler, "decode");
            quote_spanned! {handler.span()=>
                #condition
                #pattern => #decode(raw).map(Self::#variant),
            }
        });
        arms.collect::<TokenStream>()
    };
    let by_name = decode(stored_under);
    let by_alias = decode(stored_under_alias);
    let stored = arms(aggregate, |handler, variant| {
        let stored = handled(aggregate, handler, "stored");
        quote_spanned!(variant.span()=> Self::#variant(event) => #stored(event),)
    });
    let of = of_reference(aggregate);
    let deletes = deletes(aggregate);
    quote_spanned! {aggregate.span()=>
        #[automatically_derived]
        impl #es_core::EventSet for #event_enum {
            fn decode(
                raw: &#es_core::store::RawEvent<'_>,
            ) -> ::core::result::Result<Self, #es_core::DecodeError> {
                match raw.event_type {
                    #by_name
                    #by_alias
                    _ => ::core::result::Result::Err(#es_core::DecodeError::UnknownType),
                }
            }

            fn stored(&self) -> &dyn #es_core::StoredEvent {
                match #of {
                    #stored
                }
            }

            #deletes
        }
    }
}

/// Which events delete the entity, where there are any.
fn deletes(aggregate: &Aggregate<'_>) -> Option<TokenStream> {
    let deleting: Vec<_> = aggregate.event_handlers.iter().filter(|event| event.deletes).collect();
    let arms = deleting.iter().map(|event| {
        let (condition, variant) = (&event.handler.condition, event.handler.variant_at_method());
        quote_spanned!(event.handler.span()=> #condition Self::#variant(_) => true,)
    });
    (!deleting.is_empty()).then(|| {
        quote_spanned! {aggregate.span()=>
            fn deletes(&self) -> bool {
                match self {
                    #(#arms)*
                    _ => false,
                }
            }
        }
    })
}

fn conversions(aggregate: &Aggregate<'_>) -> TokenStream {
    let event_enum = &aggregate.event_enum;
    let impls = aggregate.event_handlers.iter().map(|event| {
        let handler = &event.handler;
        let (condition, ty) = (&handler.condition, &handler.message);
        let variant = handler.variant_at_method();
        quote_spanned! {handler.span()=>
            #condition
            #[automatically_derived]
            impl ::core::convert::From<#ty> for #event_enum {
                fn from(event: #ty) -> Self {
                    Self::#variant(event)
                }
            }
        }
    });
    impls.collect()
}

/// A command handler can return the enum.
fn decision(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { es_core, self_type, event_enum, .. } = aggregate;
    quote_spanned! {aggregate.span()=>
        #[automatically_derived]
        impl #es_core::IntoEvents<#self_type> for #event_enum {
            fn into_events(self, events: &mut #es_core::Events<#self_type>) {
                events.push(self);
            }
        }

        #[automatically_derived]
        impl #es_core::Decision<#self_type> for #event_enum {
            type Error = ::core::convert::Infallible;
            type Failure = #es_core::Failure;

            fn decide(
                self,
                events: &mut #es_core::Events<#self_type>,
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

/// The traits that the enum has exactly when all its events have them.
fn standard_traits(aggregate: &Aggregate<'_>) -> TokenStream {
    let event_enum = &aggregate.event_enum;
    let types = Types::of(
        "IfPresent",
        aggregate.event_handlers.iter().map(|event| {
            let handler = &event.handler;
            (&handler.variant, &handler.condition, handler.message.clone())
        }),
    );
    let span = aggregate.span();
    let (aliases, types) = (&types.aliases, &types.types);
    let clone_arms = arms(
        aggregate,
        |_, variant| quote_spanned!(variant.span()=> Self::#variant(event) => Self::#variant(::core::clone::Clone::clone(event)),),
    );
    let debug_arms = arms(
        aggregate,
        |_, variant| quote_spanned!(variant.span()=> Self::#variant(event) => ::core::fmt::Debug::fmt(event, f),),
    );
    let eq_arms = arms(
        aggregate,
        |_, variant| quote_spanned!(variant.span()=> (Self::#variant(left), Self::#variant(right)) => left == right,),
    );
    let otherwise =
        (aggregate.event_handlers.len() != 1).then(|| quote_spanned!(span=> _ => false,));
    let of = of_reference(aggregate);
    quote_spanned! {span=>
        #aliases

        #[automatically_derived]
        impl ::core::clone::Clone for #event_enum
        where
            #(for<'a> #types: ::core::clone::Clone,)*
        {
            fn clone(&self) -> Self {
                match #of {
                    #clone_arms
                }
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #event_enum
        where
            #(for<'a> #types: ::core::fmt::Debug,)*
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match #of {
                    #debug_arms
                }
            }
        }

        #[automatically_derived]
        impl ::core::cmp::PartialEq for #event_enum
        where
            #(for<'a> #types: ::core::cmp::PartialEq,)*
        {
            fn eq(&self, other: &Self) -> bool {
                match (self, other) {
                    #eq_arms
                    #otherwise
                }
            }
        }
    }
}

fn arms(aggregate: &Aggregate<'_>, arm: impl Fn(&Handler, &Ident) -> TokenStream) -> TokenStream {
    let arms = aggregate.event_handlers.iter().map(|event| {
        let (condition, variant) = (&event.handler.condition, event.handler.variant_at_method());
        let arm = arm(&event.handler, &variant);
        quote_spanned!(event.handler.span()=> #condition #arm)
    });
    arms.collect()
}

/// What to match on: a reference to an enum without variants is not known to be without values.
fn of_reference(aggregate: &Aggregate<'_>) -> TokenStream {
    if aggregate.event_handlers.is_empty() {
        quote_spanned!(aggregate.span()=> *self)
    } else {
        quote_spanned!(aggregate.span()=> self)
    }
}
