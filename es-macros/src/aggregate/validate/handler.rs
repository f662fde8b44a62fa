//! What command handlers and event handlers have in common.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{PatType, Signature, Type};

use super::super::model::Handler;
use super::generated;
use crate::cfg::Condition;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::signature::parameters;
use crate::types;

/// The parameter with the command or event: the first, or the second if the context or the services were written first.
fn message_parameter<'s>(
    kind: Kind,
    signature: &'s Signature,
    services: Option<&Type>,
    errors: &Errors<'_>,
) -> Option<&'s PatType> {
    let mut parameters = parameters(signature);
    let first = parameters.next()?;
    let message = if is_context(kind, &first.ty) {
        messages::context_first(kind)
    } else if let Some(services) = services
        && is_services(services, &first.ty)
    {
        messages::services_first(&types::text(services))
    } else {
        return Some(first);
    };
    let second = parameters.next()?;
    errors.push(&first.ty, message);
    Some(second)
}

/// The parameters that may hold the context or services.
pub(super) fn further_parameters<'s>(
    kind: Kind,
    signature: &'s Signature,
    services: Option<&Type>,
) -> impl Iterator<Item = &'s PatType> {
    let late = parameters(signature).next().is_some_and(|first| {
        is_context(kind, &first.ty)
            || services.is_some_and(|services| is_services(services, &first.ty))
    });
    parameters(signature).skip(if late { 2 } else { 1 })
}

/// Whether a type is the services, or a reference to them, by the text.
fn is_services(services: &Type, ty: &Type) -> bool {
    match types::peel(ty) {
        Type::Reference(reference) => is_services(services, &reference.elem),
        ty => types::text(ty) == types::text(types::peel(services)),
    }
}

/// Whether a type is the context, or a reference to it.
pub(super) fn is_context(kind: Kind, ty: &Type) -> bool {
    match types::peel(ty) {
        Type::Reference(reference) => is_context(kind, &reference.elem),
        ty => types::last_name(ty).is_some_and(|name| name == kind.context_name()),
    }
}

/// The handler by its first parameter, the command or event; `None` where nothing says what it handles.
pub(super) fn check_message(
    kind: Kind,
    signature: &Signature,
    condition: Condition,
    self_type: &Type,
    services: Option<&Type>,
    errors: &Errors<'_>,
) -> Option<Handler> {
    let Some(parameter) = message_parameter(kind, signature, services, errors) else {
        let receiver = signature.receiver().map(types::text).unwrap_or_default();
        errors
            .push(&signature.ident, messages::missing_parameter(kind, &signature.ident, &receiver));
        return None;
    };
    if let Some(found) = types::find_impl_trait(&parameter.ty) {
        errors.push(found, messages::impl_trait_parameter(kind));
        return None;
    }
    let (message, by_reference) = match types::peel(&parameter.ty) {
        Type::Reference(reference) => {
            if reference.mutability.is_some() {
                let text = types::text(&reference.elem);
                errors.push(&parameter.ty, messages::mutable_parameter(kind, &text));
            }
            (types::peel(&reference.elem), true)
        }
        by_value => (by_value, false),
    };
    let variant = check_message_type(kind, message, signature, errors)?;
    Some(Handler {
        method: signature.ident.clone(),
        condition,
        message: types::without_self(message, &self_type.to_token_stream()),
        by_reference,
        variant: generated(variant),
    })
}

fn check_message_type<'a>(
    kind: Kind,
    message: &'a Type,
    signature: &Signature,
    errors: &Errors<'_>,
) -> Option<&'a Ident> {
    let Some(name) = types::last_name(message) else {
        errors.push(message, messages::not_a_named_parameter(kind));
        return None;
    };
    if types::is_primitive(message) {
        errors.push(message, messages::not_a_named_parameter(kind));
        return None;
    }
    if types::is_self(message) {
        errors.push(message, messages::self_as_parameter(kind));
        return None;
    }
    if signature.generics.type_params().any(|parameter| parameter.ident == *name) {
        // Reported where the parameter is declared.
        return None;
    }
    if let Some(span) = types::find_borrow(message) {
        errors.push_at(span, messages::borrowing_parameter(kind));
        return None;
    }
    Some(name)
}
