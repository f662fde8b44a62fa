//! The enum of an aggregate's commands, and that of their handlers' errors.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};

use super::super::model::{Aggregate, CommandHandler, Handler};
use super::associated;
use super::conditional::Types;
use crate::spans::at;

pub(super) fn definitions(aggregate: &Aggregate<'_>) -> TokenStream {
    let Some(command_enum) = &aggregate.command_enum else { return TokenStream::new() };
    let Aggregate { condition, visibility, .. } = aggregate;
    let error_enum = error_enum(command_enum);
    let name = aggregate.plain_name();
    let allow_deprecated = aggregate.allow_deprecated();
    let doc = format!(" The commands of `{name}`.");
    let error_doc = format!(" Why a command handler of `{name}` refused.");
    let variants = aggregate.command_handlers.iter().map(|command| {
        let ty = &command.handler.message;
        variant(command, "Handled", ty)
    });
    let error_variants = aggregate.command_handlers.iter().map(|command| {
        let error = error(aggregate, command);
        variant(command, "Refused", &error)
    });
    quote_spanned! {aggregate.span()=>
        #condition
        #[doc = #doc]
        #[allow(private_interfaces)]
        #allow_deprecated
        #visibility enum #command_enum {
            #(#variants)*
        }

        #condition
        #[doc = #error_doc]
        #[allow(private_interfaces)]
        #allow_deprecated
        #visibility enum #error_enum {
            #(#error_variants)*
        }
    }
}

fn variant(command: &CommandHandler, what_happens: &str, ty: &TokenStream) -> TokenStream {
    let handler = &command.handler;
    let (condition, variant) = (&handler.condition, &handler.variant);
    let doc = format!(" {what_happens} by `{}`.", handler.plain_method());
    quote_spanned! {handler.span()=>
        #condition
        #[doc = #doc]
        #variant(#ty),
    }
}

fn error_enum(command_enum: &Ident) -> Ident {
    format_ident!("{command_enum}Error", span = at(command_enum.span()))
}

/// The command as generated code sees it: this item of the trait by which it asks.
pub(super) fn handled(aggregate: &Aggregate<'_>, handler: &Handler, item: &str) -> TokenStream {
    let span = handler.message_span();
    let es_core = aggregate.es_core_at(span);
    let handled_command = quote_spanned!(span=> #es_core::__private::HandledCommand);
    associated(&handler.message, &handled_command, item)
}

/// The type of the handler's own error.
fn error(aggregate: &Aggregate<'_>, command: &CommandHandler) -> TokenStream {
    let ty = &command.handler.message;
    let span = command.handler.message_span();
    let (es_core, self_type) = (aggregate.es_core_at(span), aggregate.self_type);
    let handles =
        if command.creates { quote_spanned!(span=> Create) } else { quote_spanned!(span=> Handle) };
    quote_spanned! {span=>
        <<#self_type as #es_core::#handles<#ty>>::Output as #es_core::Decision<#self_type>>::Error
    }
}

pub(super) fn impls(aggregate: &Aggregate<'_>) -> TokenStream {
    let Some(command_enum) = &aggregate.command_enum else { return TokenStream::new() };
    [
        command_set(aggregate, command_enum),
        conversions(aggregate, command_enum),
        standard_traits(aggregate, command_enum),
    ]
    .into_iter()
    .collect()
}

fn command_set(aggregate: &Aggregate<'_>, command_enum: &Ident) -> TokenStream {
    let Aggregate { es_core, self_type, .. } = aggregate;
    let error_enum = error_enum(command_enum);
    let each = |arm: &dyn Fn(&CommandHandler, &Ident, TokenStream) -> TokenStream| {
        let arms = aggregate.command_handlers.iter().map(|command| {
            let handler = &command.handler;
            let condition = &handler.condition;
            let name = handled(aggregate, handler, "NAME");
            let arm = arm(command, &handler.variant_at_method(), name);
            quote_spanned!(handler.span()=> #condition #arm,)
        });
        arms.collect::<TokenStream>()
    };
    let decode = each(&|command, variant, name| {
        let span = command.handler.message_span();
        let (es_core, ty) = (aggregate.es_core_at(span), &command.handler.message);
        quote_spanned! {span=>
            #name => #es_core::__private::decode_command::<#ty>(#name, json).map(Self::#variant)
        }
    });
    let known = each(&|_, _, name| name);
    let command_type = each(
        &|command, variant, name| quote_spanned!(command.handler.span()=> Self::#variant(_) => #name),
    );
    let route = each(&|command, variant, _| {
        let span = command.handler.span();
        let route = if command.creates {
            quote_spanned!(span=> create)
        } else {
            quote_spanned!(span=> update)
        };
        quote_spanned! {span=>
            Self::#variant(command) => router.#route(command, #error_enum::#variant)
        }
    });
    let of_reference = of_reference(aggregate);
    quote_spanned! {aggregate.span()=>
        const COMMANDS: &[&str] = &[#known];

        #[automatically_derived]
        impl #es_core::CommandSet<#self_type> for #command_enum {
            type Rejection = #error_enum;

            fn decode(
                command_type: &str,
                json: &[u8],
            ) -> ::core::result::Result<Self, #es_core::CommandDecodeError> {
                match command_type {
                    #decode
                    _ => ::core::result::Result::Err(#es_core::CommandDecodeError::UnknownType {
                        command_type: ::core::convert::From::from(command_type),
                        known: COMMANDS,
                    }),
                }
            }

            fn command_type(&self) -> &'static str {
                match #of_reference {
                    #command_type
                }
            }

            fn route<'r>(
                self,
                router: #es_core::repository::Router<'r, #self_type, Self::Rejection>,
            ) -> #es_core::repository::Dispatch<'r, #self_type, Self::Rejection> {
                match self {
                    #route
                }
            }
        }
    }
}

fn conversions(aggregate: &Aggregate<'_>, command_enum: &Ident) -> TokenStream {
    let impls = aggregate.command_handlers.iter().map(|command| {
        let handler = &command.handler;
        let (condition, ty) = (&handler.condition, &handler.message);
        let variant = handler.variant_at_method();
        quote_spanned! {handler.span()=>
            #condition
            #[automatically_derived]
            impl ::core::convert::From<#ty> for #command_enum {
                fn from(command: #ty) -> Self {
                    Self::#variant(command)
                }
            }
        }
    });
    impls.collect()
}

/// The traits that the enums have exactly when all commands, or all errors, have them.
fn standard_traits(aggregate: &Aggregate<'_>, command_enum: &Ident) -> TokenStream {
    let span = aggregate.span();
    let error_enum = error_enum(command_enum);
    let commands = types(aggregate, "CommandIfPresent", |command| command.handler.message.clone());
    let errors = types(aggregate, "ErrorIfPresent", |command| error(aggregate, command));
    let debug_command = format_by("Debug", aggregate, command_enum, &commands.types);
    let debug = format_by("Debug", aggregate, &error_enum, &errors.types);
    let display = format_by("Display", aggregate, &error_enum, &errors.types);
    let (command_aliases, error_aliases, errors) =
        (&commands.aliases, &errors.aliases, &errors.types);
    quote_spanned! {span=>
        #command_aliases

        #debug_command

        #error_aliases

        #debug

        #display

        #[automatically_derived]
        impl ::core::error::Error for #error_enum
        where
            #(for<'a> #errors: ::core::error::Error,)*
        {}
    }
}

fn types(
    aggregate: &Aggregate<'_>,
    suffix: &str,
    ty: impl Fn(&CommandHandler) -> TokenStream,
) -> Types {
    let variants = aggregate
        .command_handlers
        .iter()
        .map(|command| (&command.handler.variant, &command.handler.condition, ty(command)));
    Types::of(suffix, variants)
}

/// `Debug` or `Display` by what the variants hold.
fn format_by(
    name: &str,
    aggregate: &Aggregate<'_>,
    enumeration: &Ident,
    types: &[TokenStream],
) -> TokenStream {
    let span = aggregate.span();
    let name = Ident::new(name, span);
    let arms = aggregate.command_handlers.iter().map(|command| {
        let condition = &command.handler.condition;
        let variant = command.handler.variant_at_method();
        quote_spanned! {command.handler.span()=>
            #condition
            Self::#variant(inner) => ::core::fmt::#name::fmt(inner, f),
        }
    });
    let of_reference = of_reference(aggregate);
    quote_spanned! {span=>
        #[automatically_derived]
        impl ::core::fmt::#name for #enumeration
        where
            #(for<'a> #types: ::core::fmt::#name,)*
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match #of_reference {
                    #(#arms)*
                }
            }
        }
    }
}

/// What to match on: a reference to an enum without variants is not known to be without values.
fn of_reference(aggregate: &Aggregate<'_>) -> TokenStream {
    if aggregate.command_handlers.is_empty() {
        quote_spanned!(aggregate.span()=> *self)
    } else {
        quote_spanned!(aggregate.span()=> self)
    }
}
