//! One `Create` or `Handle` for each command handler.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::super::model::{Aggregate, CommandHandler};
use super::{parameter, stub};
use crate::spans::at;

/// Command handlers can take the services.
pub(super) fn services(aggregate: &Aggregate<'_>) -> TokenStream {
    let Aggregate { es_core, self_type, services, .. } = aggregate;
    let Some(services) = services else { return TokenStream::new() };
    quote_spanned! {aggregate.span()=>
        #[automatically_derived]
        impl #es_core::HandlerParameter<#self_type> for #services {
            fn pick<'a>(
                _: &'a #es_core::CommandContext<#self_type>,
                services: &'a Self,
            ) -> &'a Self {
                services
            }
        }
    }
}

pub(super) fn handlers(aggregate: &Aggregate<'_>) -> TokenStream {
    aggregate.command_handlers.iter().map(|command| handler(aggregate, command)).collect()
}

fn handler(aggregate: &Aggregate<'_>, command: &CommandHandler) -> TokenStream {
    let handler = &command.handler;
    let span = handler.span();
    let es_core = aggregate.es_core_at(span);
    let (condition, ty) = (&handler.condition, &handler.message);
    let (output, body) = if aggregate.sound {
        (command.output.clone(), call(aggregate, command))
    } else {
        (stub::output(&command.output), stub::body(handler))
    };
    // At the return type, where the compiler reports one that is more private than the command.
    let output = quote_spanned!(at(output.span())=> type Output = #output;);
    let picks = aggregate.sound && !command.further.is_empty();
    let cx = parameter("cx", picks, span);
    let services = parameter("services", picks, span);
    let command_name = parameter("command", aggregate.sound, span);
    let header = header(aggregate, command);
    let (method, parameters) = if command.creates {
        (quote_spanned!(span=> create), quote_spanned!(span=> #command_name: #ty))
    } else {
        (quote_spanned!(span=> handle), quote_spanned!(span=> &self, #command_name: &#ty))
    };
    quote_spanned! {span=>
        #condition
        #[automatically_derived]
        #header {
            #output

            async fn #method(
                #parameters,
                #cx: &#es_core::CommandContext<Self>,
                #services: &Self::Services,
            ) -> Self::Output {
                #body
            }
        }
    }
}

/// The trait at the command, so that the compiler shows it where it isn't one; the rest at the aggregate.
fn header(aggregate: &Aggregate<'_>, command: &CommandHandler) -> TokenStream {
    let (ty, span) = (&command.handler.message, command.handler.message_span());
    let (self_type, es_core) = (aggregate.self_type, aggregate.es_core_at(span));
    let handles = if command.creates {
        quote_spanned!(span=> #es_core::Create<#ty>)
    } else {
        quote_spanned!(span=> #es_core::Handle<#ty>)
    };
    quote_spanned!(aggregate.span()=> impl #handles for #self_type)
}

fn call(aggregate: &Aggregate<'_>, command: &CommandHandler) -> TokenStream {
    let span = command.handler.span();
    let method = &command.handler.method;
    let first = argument(aggregate, command);
    let further = command.further.iter().map(|ty| {
        let span = at(ty.span());
        let es_core = aggregate.es_core_at(span);
        quote_spanned!(span=> <#ty as #es_core::HandlerParameter<Self>>::pick(cx, services))
    });
    let of =
        if command.creates { quote_spanned!(span=> Self::) } else { quote_spanned!(span=> self.) };
    let wait = command.is_async.then(|| quote_spanned!(span=> .await));
    quote_spanned!(span=> #of #method(#first #(, #further)*) #wait)
}

/// The command as the method takes it.
fn argument(aggregate: &Aggregate<'_>, command: &CommandHandler) -> TokenStream {
    let span = command.handler.message_span();
    let es_core = aggregate.es_core_at(span);
    match (command.creates, command.handler.by_reference) {
        (true, false) | (false, true) => quote_spanned!(span=> command),
        (true, true) => quote_spanned!(span=> &command),
        (false, false) => quote_spanned!(span=> #es_core::__private::again(command)),
    }
}
