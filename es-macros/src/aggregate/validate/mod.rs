//! Makes a model of a block, and reports all that is wrong with it.

mod command;
mod event;
mod handler;
mod header;
mod snapshot;
mod unique;
mod upcaster;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Ident, LitStr, Type, Visibility};

use super::model::{Aggregate, CommandHandler, EventHandler, Upcaster};
use crate::arguments::{Arguments, Known};
use crate::block::{Block, Marker, Member};
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
    Known::list("snapshot", "snapshot(every = 100)"),
    Known::once("unknown_events", UNKNOWN_EVENTS),
    Known::once("crate", "crate = path::to::es_core"),
];

const UNKNOWN_EVENTS: &str = "unknown_events = skip";

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
    let snapshot = arguments.take_list("snapshot");
    let unknown_events: Option<Ident> = arguments.take("unknown_events", errors);
    let es_core = arguments.take("crate", errors);

    let skips_unknown = check_unknown_events(unknown_events.as_ref(), errors);
    for repeated in &block.repeated {
        errors.push(repeated, messages::REPEATED_AGGREGATE);
    }
    let named = header::check(&block.header, type_name.is_some(), errors);
    let self_type = &*block.header.self_ty;
    let handlers = handlers(block, services.as_ref(), errors);
    let self_tokens = self_type.to_token_stream();
    let snapshot = snapshot.and_then(|given| snapshot::check(given, &self_tokens, errors));
    let name = named?;

    let span = at(name.span());
    let es_core = derive::es_core(es_core, name.span());
    let (event_enum, command_enum) = check_enum_names(event_enum, command_enum, name, errors);
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
        upcasters: handlers.upcasters,
        skips_unknown,
        snapshot,
        sound,
    })
}

/// Whether stored events of unknown types are skipped.
fn check_unknown_events(given: Option<&Ident>, errors: &Errors<'_>) -> bool {
    match given {
        Some(given) if given != "skip" && given != "error" => {
            errors.push(given, messages::unknown_events(UNKNOWN_EVENTS));
            false
        }
        given => given.is_some_and(|given| given == "skip"),
    }
}

/// The names of the enums that can be theirs.
fn check_enum_names(
    events: Option<Ident>,
    commands: Option<Ident>,
    aggregate: &Ident,
    errors: &Errors<'_>,
) -> (Option<Ident>, Option<Ident>) {
    let check = |argument: &str, given: Option<Ident>| {
        given.filter(|given| {
            if given == aggregate {
                errors.push(given, messages::enum_named_as_aggregate(argument, aggregate));
            }
            given != aggregate
        })
    };
    let events = check("events", events);
    let commands = check("commands", commands).filter(|commands| {
        let same = events.as_ref() == Some(commands);
        if same {
            errors.push(commands, messages::enums_of_one_name(commands));
        }
        !same
    });
    (events, commands)
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
    upcasters: Vec<Upcaster>,
    had_command_marker: bool,
    had_event_marker: bool,
}

fn handlers(block: &Block, services: Option<&Type>, errors: &Errors<'_>) -> Handlers {
    let mut handlers = Handlers::default();
    let self_type = &*block.header.self_ty;
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
            // Nothing at all after it is rustc's to report.
            None if member.is_empty() => continue,
            None => {
                errors.push(&marker.meta.path, messages::marker_on_no_method(kind.marker()));
                continue;
            }
        };
        let condition = member.condition();
        match kind {
            Kind::Command => {
                let checked = command::check(&signature, condition, self_type, services, errors);
                handlers.commands.extend(checked);
            }
            Kind::Event => {
                let checked = event::check(marker, &signature, condition, self_type, errors);
                handlers.events.extend(checked);
            }
            Kind::Upcaster => {
                let checked = upcaster::check(marker, &signature, condition, errors);
                handlers.upcasters.extend(checked);
            }
        }
    }
    handlers
}

/// Those of command handlers take no arguments; those of the others read theirs, which stand in parentheses.
fn check_marker_arguments(marker: &Marker, errors: &Errors<'_>) {
    let (arguments, name) = (&marker.meta.arguments, marker.kind.marker());
    match marker.kind {
        _ if arguments.is_empty() => {}
        Kind::Command => errors.push(arguments, messages::marker_with_arguments(name)),
        _ if marker.meta.list().is_none() => errors.push(arguments, messages::attribute_form(name)),
        Kind::Event | Kind::Upcaster => {}
    }
}

/// The marker of a method, if that tells what it handles.
fn marker<'m>(member: &'m Member, errors: &Errors<'_>) -> Option<(Kind, &'m Marker)> {
    let (first, further) = member.markers.split_first()?;
    for marker in &member.markers {
        check_marker_arguments(marker, errors);
    }
    if let Some(other) = further.iter().find(|marker| marker.kind != first.kind) {
        let upcasts = [first.kind, other.kind].contains(&Kind::Upcaster);
        let message = if upcasts { messages::UPCASTER_AND_HANDLER } else { messages::BOTH_MARKERS };
        errors.push(&other.meta.path, message);
        return None;
    }
    for marker in further {
        errors.push(&marker.meta.path, messages::repeated_marker(marker.kind.marker()));
    }
    Some((first.kind, first))
}
