//! Writes the code for a subscriber that was understood.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::model::{Handler, Setting, Start, Subscriber};
use crate::spans::at;

pub(super) fn subscriber(subscriber: &Subscriber<'_>) -> TokenStream {
    let Subscriber { es_core, self_type, id, condition, .. } = subscriber;
    let span = subscriber.span();
    let allow_deprecated = subscriber.allow_deprecated();
    let handlers = handler_infos(subscriber);
    let settings = subscriber.settings.iter().map(|setting| setting_call(subscriber, setting));
    let deliver = deliver(subscriber);
    let inline = subscriber.inline.then(|| {
        quote_spanned! {span=>
            #[automatically_derived]
            impl #es_core::subscription::InlineSubscriber for #self_type {}
        }
    });
    let handler_of = handler_of(subscriber);
    let registration = registration(subscriber);
    quote_spanned! {span=>
        #condition
        #allow_deprecated
        const _: () = {
            #[automatically_derived]
            impl #es_core::EventSubscriber for #self_type {
                const ID: &'static str = #id;
                const HANDLERS: &'static [#es_core::subscription::HandlerInfo] = &[#handlers];
                const OPTIONS: #es_core::subscription::SubscriberOptions =
                    #es_core::subscription::SubscriberOptions::new() #(#settings)*;

                #deliver
            }

            #inline
            #handler_of
            #registration
        };
    }
}

fn handler_infos(subscriber: &Subscriber<'_>) -> TokenStream {
    if !subscriber.sound {
        return TokenStream::new();
    }
    let infos = subscriber.handlers.iter().zip(0..).map(|(handler, number)| {
        let (condition, method) = (&handler.condition, handler.plain_method());
        let known = if handler.transaction.is_some() { "TRANSACTIONAL" } else { "HANDLER" };
        let known = delivered(subscriber, handler, known);
        let number = Literal::u32_unsuffixed(number);
        let es_core = subscriber.es_core_at(handler.span());
        let info = quote_spanned! {handler.span()=>
            #es_core::subscription::HandlerInfo { number: #number, handler: #method, ..#known }
        };
        let es_core = subscriber.es_core_at(handler.event_span());
        quote_spanned! {handler.event_span()=>
            #condition
            #es_core::__private::handler(#info),
        }
    });
    infos.collect()
}

/// An impl for each event, so that the compiler finds two handlers of one event behind different names.
fn handler_of(subscriber: &Subscriber<'_>) -> TokenStream {
    let Subscriber { self_type, .. } = subscriber;
    let handlers = subscriber.handlers.iter().filter(|_| subscriber.sound);
    let impls = handlers.map(|handler| {
        let (condition, event) = (&handler.condition, &handler.event);
        let es_core = subscriber.es_core_at(handler.event_span());
        quote_spanned! {handler.event_span()=>
            #condition
            #[automatically_derived]
            impl #es_core::__private::HandlerOf<#event> for #self_type {}
        }
    });
    impls.collect()
}

fn setting_call(subscriber: &Subscriber<'_>, setting: &Setting) -> TokenStream {
    let (span, es_core) = (subscriber.span(), &subscriber.es_core);
    match setting {
        Setting::Count(name, count) => {
            let (name, count) = (Ident::new(name, span), Literal::u32_unsuffixed(*count));
            quote_spanned!(span=> .#name(#count))
        }
        Setting::Start(start) => {
            let start = match start {
                Start::Beginning => quote_spanned!(span=> Beginning),
                Start::End => quote_spanned!(span=> End),
                Start::After(position) => {
                    let position = Literal::u64_unsuffixed(*position);
                    quote_spanned!(span=> After(#es_core::store::Position::new(#position)))
                }
            };
            quote_spanned!(span=> .start(#es_core::subscription::Start::#start))
        }
        Setting::OnFailure(variant) => {
            let variant = Ident::new(variant, span);
            quote_spanned!(span=> .on_failure(#es_core::subscription::OnFailure::#variant))
        }
        Setting::Transient => quote_spanned!(span=> .transient(true)),
    }
}

/// One `match` that calls the methods.
fn deliver(subscriber: &Subscriber<'_>) -> TokenStream {
    let (span, es_core) = (subscriber.span(), &subscriber.es_core);
    if !subscriber.sound {
        return quote_spanned! {span=>
            async fn deliver(
                &self,
                _: ::core::primitive::u32,
                _: #es_core::subscription::Delivery<'_>,
            ) -> ::core::result::Result<(), #es_core::subscription::HandlerError> {
                ::core::unreachable!()
            }
        };
    }
    let arms = subscriber.handlers.iter().zip(0..).map(|(handler, number)| {
        let number = Literal::u32_unsuffixed(number);
        let (condition, call) = (&handler.condition, call(subscriber, handler));
        quote_spanned! {handler.span()=>
            #condition
            #number => { #call }
        }
    });
    // Where conditions leave no handler.
    let may_be_unused = subscriber
        .handlers
        .iter()
        .all(|handler| !handler.condition.is_always())
        .then(|| quote_spanned!(span=> #[allow(unused_variables)]));
    quote_spanned! {span=>
        #may_be_unused
        async fn deliver(
            &self,
            handler: ::core::primitive::u32,
            delivery: #es_core::subscription::Delivery<'_>,
        ) -> ::core::result::Result<(), #es_core::subscription::HandlerError> {
            match handler {
                #(#arms)*
                _ => #es_core::__private::no_handler::<Self>(handler),
            }
        }
    }
}

fn call(subscriber: &Subscriber<'_>, handler: &Handler) -> TokenStream {
    let (span, method) = (handler.span(), &handler.method);
    let output = at(handler.output);
    let es_core = subscriber.es_core_at(output);
    let outcome = quote_spanned!(output=> #es_core::subscription::HandlerOutput::outcome);
    match &handler.transaction {
        None => {
            let context = delivered(subscriber, handler, "context");
            quote_spanned! {span=>
                let context = #context(delivery)?;
                #outcome(self.#method(context).await)
            }
        }
        Some(transaction) => {
            let split = delivered(subscriber, handler, "transactional");
            let place = at(transaction.span());
            let es_core = subscriber.es_core_at(place);
            let of = quote_spanned! {place=>
                <#transaction as #es_core::__private::HandlersTransaction>::of
            };
            quote_spanned! {span=>
                let (context, transaction) = #split(delivery)?;
                #outcome(self.#method(context, #of(transaction)).await)
            }
        }
    }
}

/// `<Event as Delivered>::NAME`. Its ends are at the event, so that the compiler reports what isn't one only once.
fn delivered(subscriber: &Subscriber<'_>, handler: &Handler, name: &str) -> TokenStream {
    let (event, place) = (&handler.event, handler.event.span());
    let es_core = subscriber.es_core_at(handler.event_span());
    let (open, name) = (quote_spanned!(place=> <), Ident::new(name, place));
    quote_spanned!(at(place)=> #open #event as #es_core::__private::Delivered>::#name)
}

fn registration(subscriber: &Subscriber<'_>) -> TokenStream {
    let Subscriber { es_core, self_type, inline, .. } = subscriber;
    if !subscriber.sound {
        return TokenStream::new();
    }
    let path = format!("::{}", subscriber.plain_name());
    quote_spanned! {subscriber.span()=>
        const INFO: #es_core::subscription::SubscriberInfo =
            #es_core::subscription::SubscriberInfo {
                id: <#self_type as #es_core::EventSubscriber>::ID,
                rust_type: ::core::concat!(::core::module_path!(), #path),
                inline: #inline,
                handlers: <#self_type as #es_core::EventSubscriber>::HANDLERS,
            };
        #es_core::__private::submit! { INFO }
    }
}
