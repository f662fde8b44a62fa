//! Makes a model of a block, and reports all that is wrong with it.

mod arguments;
mod handler;
mod header;

use proc_macro2::TokenStream;
use syn::{LitStr, Type};

use self::arguments::Given;
use super::model::{Handler, Subscriber};
use crate::block::{Block, Member};
use crate::derive;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::spans::at;
use crate::types;

/// `None` where the block is for nothing that can be a subscriber.
pub(super) fn subscriber<'a>(
    arguments: TokenStream,
    block: &'a Block,
    errors: &Errors<'_>,
) -> Option<Subscriber<'a>> {
    let given = Given::parse(arguments, errors);
    for repeated in &block.repeated {
        errors.push(repeated, messages::REPEATED_SUBSCRIBER);
    }
    let named = header::check(&block.header, errors);
    let mut had_marker = false;
    let mut handlers = Vec::new();
    for member in &block.members {
        had_marker |= !member.markers.is_empty();
        handlers.extend(check_member(member, &block.header.self_ty, &given, errors));
    }
    check_unique(&handlers, errors);
    let name = named?;
    if !had_marker {
        errors.push(name, messages::no_subscribed_event(name));
    }
    if given.is_without_id {
        errors.push(name, messages::no_subscriber_id(name));
    }
    let sound = errors.is_empty();
    Some(Subscriber {
        es_core: derive::es_core(given.es_core, name.span()),
        self_type: &block.header.self_ty,
        name,
        id: given.id.unwrap_or_else(|| LitStr::new("", at(name.span()))),
        inline: given.inline.is_some(),
        settings: given.settings,
        condition: block.condition.clone(),
        deprecation: block.deprecation,
        handlers,
        sound,
    })
}

/// The handler as far as it was understood; `None` for what is none.
fn check_member(
    member: &Member,
    self_type: &Type,
    given: &Given,
    errors: &Errors<'_>,
) -> Option<Handler> {
    let (marker, further) = member.markers.split_first()?;
    for marker in &member.markers {
        let name = marker.kind.marker();
        if marker.kind == Kind::Command {
            errors.push(&marker.meta.path, messages::COMMAND_IN_SUBSCRIBER);
        } else if marker.kind == Kind::Upcaster {
            errors.push(&marker.meta.path, messages::UPCASTER_IN_SUBSCRIBER);
        } else if !marker.meta.arguments.is_empty() {
            errors.push(&marker.meta.arguments, messages::marker_with_arguments(name));
        }
    }
    if member.markers.iter().any(|marker| marker.kind != Kind::Event) {
        return None;
    }
    let name = marker.kind.marker();
    for marker in further {
        errors.push(&marker.meta.path, messages::repeated_marker(name));
    }
    match member.signature() {
        Some(Ok(signature)) => {
            handler::check(&signature, member.condition(), self_type, given, errors)
        }
        Some(Err(error)) => {
            errors.push(&marker.meta.path, messages::unreadable_signature(&error));
            None
        }
        // Nothing at all after it is rustc's to report.
        None if member.is_empty() => None,
        None => {
            errors.push(&marker.meta.path, messages::marker_on_no_method(name));
            None
        }
    }
}

/// Each event has at most one handler. Handlers with conditions may exclude each other.
fn check_unique(handlers: &[Handler], errors: &Errors<'_>) {
    let always = || handlers.iter().filter(|handler| handler.condition.is_always());
    for (index, handler) in always().enumerate() {
        let event = types::text(&handler.event);
        let mut others = always().enumerate().filter(|(other, _)| *other != index);
        if let Some((_, other)) = others.find(|(_, other)| types::text(&other.event) == event) {
            errors.push(&handler.event, messages::second_subscription(&event, &other.method));
        }
    }
}
