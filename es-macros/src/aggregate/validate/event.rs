//! Event handlers.

use quote::ToTokens;
use syn::{Ident, ReturnType, Signature, Type};

use super::super::model::{Effect, EventHandler};
use super::handler;
use crate::arguments::{Arguments, Known};
use crate::block::Marker;
use crate::cfg::Condition;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::signature::{self, Takes};
use crate::types;

/// The handler as far as it was understood.
pub(super) fn check(
    marker: &Marker,
    signature: &Signature,
    condition: Condition,
    self_type: &Type,
    errors: &Errors<'_>,
) -> Option<EventHandler> {
    let errors = errors.child();
    if let Some(token) = &signature.asyncness {
        errors.push(token, messages::ASYNC_EVENT_HANDLER);
    }
    signature::check(Kind::Event, signature, &errors);
    let effect = check_effect(signature, self_type, &errors);
    let deletes = deletes(marker, &errors);
    if let (Some(deletes), Effect::Starts) = (&deletes, effect) {
        errors.push(deletes, messages::DELETES_AT_THE_START);
    }
    let handler =
        handler::check_message(Kind::Event, signature, condition, self_type, None, &errors);
    let context = check_context(signature, &errors);
    Some(EventHandler { handler: handler?, effect, context, deletes: deletes.is_some() })
}

/// Where it says that the event deletes the entity.
fn deletes(marker: &Marker, errors: &Errors<'_>) -> Option<Ident> {
    const ARGUMENTS: &[Known] = &[Known::flag("deletes")];
    let list = marker.meta.list()?;
    Arguments::parse(list, "#[event_handler]", ARGUMENTS, errors).take_flag("deletes")
}

fn check_effect(signature: &Signature, self_type: &Type, errors: &Errors<'_>) -> Effect {
    let name = &signature.ident;
    let (effect, wrong_return) = match (Takes::of(signature.receiver()), signature.receiver()) {
        (Takes::Mutable, _) => (Effect::Changes, messages::change_returns(name)),
        (Takes::Owned, _) => (Effect::MovesOn, messages::move_returns(name)),
        (Takes::Shared, Some(receiver)) => {
            errors.push(receiver, messages::EVENT_SHARED_SELF);
            return Effect::Changes;
        }
        (Takes::Other, Some(receiver)) => {
            errors.push(receiver, messages::typed_receiver(Kind::Event));
            return Effect::Changes;
        }
        (_, _) => (Effect::Starts, messages::start_returns(name)),
    };
    match &signature.output {
        ReturnType::Type(_, output) if is_fallible(output) => {
            errors.push(output, messages::FALLIBLE_EVENT_HANDLER);
        }
        ReturnType::Type(_, output) => {
            let right = match effect {
                Effect::Changes => types::is_unit(output),
                Effect::Starts | Effect::MovesOn => is_aggregate(output, self_type),
            };
            if !right {
                errors.push(output, wrong_return);
            }
        }
        ReturnType::Default if effect != Effect::Changes => errors.push(name, wrong_return),
        ReturnType::Default => {}
    }
    effect
}

fn is_fallible(output: &Type) -> bool {
    types::last_name(output).is_some_and(|name| name == "Result" || name == "Option")
}

/// `Self`, or the aggregate by its own name.
fn is_aggregate(output: &Type, self_type: &Type) -> bool {
    types::is_self(output)
        || types::path(output).zip(types::path(self_type)).is_some_and(|(output, aggregate)| {
            output.segments.last().map(|last| last.to_token_stream().to_string())
                == aggregate.segments.last().map(|last| last.to_token_stream().to_string())
        })
}

/// Where the context is asked for.
fn check_context(signature: &Signature, errors: &Errors<'_>) -> Option<proc_macro2::Span> {
    let mut further = handler::further_parameters(Kind::Event, signature, None);
    let context = further.next()?;
    for extra in further {
        errors.push(&extra.ty, messages::EXTRA_EVENT_PARAMETER);
    }
    if let Some(found) = types::find_impl_trait(&context.ty) {
        errors.push(found, messages::impl_trait_parameter(Kind::Event));
        return None;
    }
    match types::peel(&context.ty) {
        Type::Reference(reference)
            if reference.mutability.is_none() && may_be_context(&reference.elem) =>
        {
            Some(syn::spanned::Spanned::span(&context.ty))
        }
        ty if handler::is_context(Kind::Event, ty) => {
            errors.push(&context.ty, messages::EVENT_CONTEXT);
            None
        }
        _ => {
            errors.push(&context.ty, messages::EXTRA_EVENT_PARAMETER);
            None
        }
    }
}

/// Whether a type is the context, or may be another name of it.
fn may_be_context(ty: &Type) -> bool {
    types::last_name(ty).is_some_and(|name| name != Kind::Command.context_name())
        && !types::is_primitive(ty)
        && !types::is_self(ty)
}
