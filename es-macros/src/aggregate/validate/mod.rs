//! Makes a model of a block, and reports all that is wrong with it.

mod command;
mod event;
mod handler;
mod header;
mod unique;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Ident, LitStr, Type, Visibility};

use super::model::{Aggregate, CommandHandler, EventHandler};
use super::parse::{Block, Marker, Member};
use crate::arguments::{Arguments, Known};
use crate::derive;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::spans::at;
use crate::types;

const ARGUMENTS: &[Known] = &[
    Known::once("type", "type = \"…\""),
    Known::once("id", "id = Type"),
    Known::once("services", "services = Type"),
    Known::once("events", "events = Name"),
    Known::once("commands", "commands = Name"),
    Known::once("vis", "vis = pub(crate)"),
    Known::once("crate", "crate = path::to::es_core"),
    Known::reserved("snapshot"),
    Known::reserved("unknown_events"),
];

/// `None` where the block is for nothing that can be an aggregate.
pub(super) fn aggregate<'a>(
    arguments: TokenStream,
    block: &'a Block,
    errors: &Errors<'_>,
) -> Option<Aggregate<'a>> {
    let mut arguments = Arguments::parse(arguments, "#[aggregate]", ARGUMENTS, errors);
    let type_name: Option<LitStr> = arguments.take("type", errors);
    let id: Option<Type> = arguments.take("id", errors);
    let services: Option<Type> = arguments.take("services", errors);
    let event_enum: Option<Ident> = arguments.take("events", errors);
    let command_enum: Option<Ident> = arguments.take("commands", errors);
    let visibility: Option<Visibility> = arguments.take("vis", errors);
    let es_core = arguments.take("crate", errors);

    let named = header::check(&block.header, type_name.is_some(), errors);
    let self_type = &*block.header.self_ty;
    let handlers = handlers(block, self_type, errors);
    let name = named?;

    let span = at(name.span());
    let es_core = derive::es_core(es_core, name.span());
    let event_enum = match event_enum {
        Some(given) => generated(&given),
        None => format_ident!("{name}Event", span = span),
    };
    unique::check(&handlers, &event_enum, command_enum.as_ref(), errors);
    if handlers.events.is_empty() && !handlers.had_event_marker {
        errors.push(name, messages::no_event_handler(name));
    }
    if let (Some(command_enum), true, false) =
        (&command_enum, handlers.commands.is_empty(), handlers.had_command_marker)
    {
        errors.push(command_enum, messages::NO_COMMAND_HANDLER);
    }
    let stored_name = derive::stored_name(type_name, name, errors);

    let sound = errors.is_empty();
    let mut handlers = handlers;
    if !sound {
        unique::keep_first(&mut handlers);
    }
    let self_tokens = self_type.to_token_stream();
    Some(Aggregate {
        id: id
            .map_or_else(|| quote_spanned!(span=> #es_core::Id<Self>), ToTokens::into_token_stream),
        services: services.map(|services| types::without_self(services, &self_tokens)),
        es_core,
        self_type,
        name,
        stored_name,
        event_enum,
        command_enum: command_enum.as_ref().map(generated),
        visibility: visibility.unwrap_or_else(|| Visibility::Public(syn::token::Pub { span })),
        condition: block.condition.clone(),
        deprecation: block.deprecation,
        command_handlers: handlers.commands,
        event_handlers: handlers.events,
        sound,
    })
}

/// A name that the user gave to something generated.
fn generated(name: &Ident) -> Ident {
    let mut generated = name.clone();
    generated.set_span(at(name.span()));
    generated
}

/// All handlers of a block, even those with errors as far as they were understood.
#[derive(Default)]
struct Handlers {
    commands: Vec<CommandHandler>,
    events: Vec<EventHandler>,
    had_command_marker: bool,
    had_event_marker: bool,
}

fn handlers(block: &Block, self_type: &Type, errors: &Errors<'_>) -> Handlers {
    let mut handlers = Handlers::default();
    for member in &block.members {
        let has = |kind| member.markers.iter().any(|marker| marker.kind == kind);
        handlers.had_command_marker |= has(Kind::Command);
        handlers.had_event_marker |= has(Kind::Event);
        let Some((kind, marker)) = marker(member, errors) else { continue };
        let signature = match member.signature() {
            Some(Ok(signature)) => signature,
            Some(Err(error)) => {
                errors.push(&marker.meta.path, messages::unreadable_signature(&error));
                continue;
            }
            None => {
                errors.push(&marker.meta.path, messages::marker_on_no_method(kind.marker()));
                continue;
            }
        };
        let condition = member.condition();
        match kind {
            Kind::Command => {
                handlers.commands.extend(command::check(&signature, condition, self_type, errors));
            }
            Kind::Event => {
                handlers.events.extend(event::check(&signature, condition, self_type, errors));
            }
        }
    }
    handlers
}

/// The marker of a method, if that tells what it handles.
fn marker<'m>(member: &'m Member, errors: &Errors<'_>) -> Option<(Kind, &'m Marker)> {
    let (first, further) = member.markers.split_first()?;
    for marker in &member.markers {
        if !marker.meta.arguments.is_empty() {
            errors.push(
                &marker.meta.arguments,
                messages::marker_with_arguments(marker.kind.marker()),
            );
        }
    }
    if let Some(other) = further.iter().find(|marker| marker.kind != first.kind) {
        errors.push(&other.meta.path, messages::BOTH_MARKERS);
        return None;
    }
    for marker in further {
        errors.push(&marker.meta.path, messages::repeated_marker(marker.kind.marker()));
    }
    Some((first.kind, first))
}
