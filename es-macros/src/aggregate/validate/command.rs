//! Command handlers.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::{ReturnType, Signature, Type};

use super::super::model::CommandHandler;
use super::handler;
use crate::cfg::Condition;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::signature::{self, Takes};
use crate::spans::at;
use crate::types;

/// The handler as far as it was understood.
pub(super) fn check(
    signature: &Signature,
    condition: Condition,
    self_type: &Type,
    services: Option<&Type>,
    errors: &Errors<'_>,
) -> Option<CommandHandler> {
    let errors = errors.child();
    signature::check(Kind::Command, signature, &errors);
    let takes = Takes::of(signature.receiver());
    match (takes, signature.receiver()) {
        (Takes::Mutable, Some(receiver)) => errors.push(receiver, messages::COMMAND_MUT_SELF),
        (Takes::Owned, Some(receiver)) => errors.push(receiver, messages::COMMAND_SELF),
        (Takes::Other, Some(receiver)) => {
            errors.push(receiver, messages::typed_receiver(Kind::Command));
        }
        _ => {}
    }
    let kind = Kind::Command;
    let handler = handler::check_message(kind, signature, condition, self_type, services, &errors);
    let further = handler::further_parameters(kind, signature, services)
        .filter_map(|parameter| check_further(&parameter.ty, &errors))
        .collect();
    let output = check_output(signature, &errors);
    Some(CommandHandler {
        handler: handler?,
        creates: takes == Takes::Nothing,
        is_async: signature.asyncness.is_some(),
        further,
        output,
    })
}

/// The type of a parameter after the command, without `&`.
fn check_further(ty: &Type, errors: &Errors<'_>) -> Option<Type> {
    if let Some(found) = types::find_impl_trait(ty) {
        errors.push(found, messages::impl_trait_parameter(Kind::Command));
        return None;
    }
    match types::peel(ty) {
        Type::Reference(reference) if reference.mutability.is_none() => {
            Some(types::peel(&reference.elem).clone())
        }
        Type::Reference(reference) => {
            errors.push(ty, messages::further_parameter(&types::text(&reference.elem)));
            None
        }
        ty => {
            errors.push(ty, messages::further_parameter(&types::text(ty)));
            None
        }
    }
}

/// The return type; for one with errors, another that has the same error type.
fn check_output(signature: &Signature, errors: &Errors<'_>) -> TokenStream {
    let ReturnType::Type(_, output) = &signature.output else {
        return quote_spanned!(at(signature.ident.span())=> ());
    };
    if let Some(found) = types::find_impl_trait(output) {
        errors.push(found, messages::IMPL_TRAIT_OUTPUT);
    } else if let Some(span) = types::find_borrow(output) {
        errors.push_at(span, messages::BORROWING_OUTPUT);
    }
    output.to_token_stream()
}
