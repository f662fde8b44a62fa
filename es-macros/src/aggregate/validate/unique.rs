//! Each command and each event has one handler, and each variant one type.

use std::collections::HashSet;

use proc_macro2::Ident;

use super::super::model::Handler;
use super::Handlers;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::types;

pub(super) fn check(
    handlers: &Handlers,
    event_enum: &Ident,
    command_enum: Option<&Ident>,
    errors: &Errors<'_>,
) {
    let commands: Vec<_> = handlers.commands.iter().map(|command| &command.handler).collect();
    let events: Vec<_> = handlers.events.iter().map(|event| &event.handler).collect();
    check_kind(Kind::Command, &commands, command_enum, errors);
    check_kind(Kind::Event, &events, Some(event_enum), errors);
}

fn check_kind(kind: Kind, handlers: &[&Handler], enumeration: Option<&Ident>, errors: &Errors<'_>) {
    for (index, handler) in handlers.iter().enumerate() {
        let ty = types::text(&handler.message);
        let others = || handlers.iter().enumerate().filter(|(other, _)| *other != index);
        // Handlers with conditions may exclude each other.
        let together =
            |other: &Handler| handler.condition.is_always() && other.condition.is_always();
        let same_type =
            others().find(|(_, other)| together(other) && types::text(&other.message) == ty);
        let same_variant =
            others().find(|(_, other)| together(other) && other.variant == handler.variant);
        if let Some((_, other)) = same_type {
            errors.push(&handler.message, messages::second_handler(kind, &ty, &other.method));
        } else if let (Some((_, other)), Some(enumeration)) = (same_variant, enumeration) {
            let other = types::text(&other.message);
            errors.push(
                &handler.message,
                messages::same_variant(kind, &handler.variant, enumeration, &other),
            );
        }
    }
}

/// Drops the handlers that would be second to an earlier one.
pub(super) fn keep_first(handlers: &mut Handlers) {
    let mut seen = HashSet::new();
    handlers.commands.retain(|command| seen.insert(command.handler.variant.to_string()));
    seen.clear();
    handlers.events.retain(|event| seen.insert(event.handler.variant.to_string()));
}
