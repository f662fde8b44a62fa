//! Event handlers of a subscriber.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type};

use super::super::model::Handler;
use super::arguments::Given;
use crate::cfg::Condition;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::signature::{self, Takes};
use crate::types;

const CONTEXT: &str = "EventHandlerContext";

/// The handler as far as it was understood.
pub(super) fn check(
    signature: &Signature,
    condition: Condition,
    self_type: &Type,
    given: &Given,
    errors: &Errors<'_>,
) -> Option<Handler> {
    signature::check(Kind::Event, signature, errors);
    let name = &signature.ident;
    if signature.asyncness.is_none() {
        errors.push(signature.fn_token, messages::SUBSCRIBER_ASYNC);
    }
    match signature.receiver() {
        Some(receiver) if Takes::of(Some(receiver)) != Takes::Shared => {
            errors.push(receiver, messages::subscriber_receiver(name));
        }
        None => errors.push(name, messages::subscriber_receiver(name)),
        Some(_) => {}
    }
    let event = check_context(signature, errors);
    let transaction = check_transaction(signature, given, errors);
    if transaction.is_none() && given.inline.is_some() {
        errors.push(name, messages::inline_without_transaction(name));
    }
    let output = check_output(signature, errors);
    Some(Handler {
        method: name.clone(),
        condition,
        event: types::without_self(event?, &self_type.to_token_stream()),
        transaction,
        output,
    })
}

/// The event that the context, the first parameter, is of.
fn check_context<'s>(signature: &'s Signature, errors: &Errors<'_>) -> Option<&'s Type> {
    let mut parameters = signature::parameters(signature);
    let Some(first) = parameters.next() else {
        let name = &signature.ident;
        errors.push(name, messages::no_event_context(name));
        return None;
    };
    match Context::of(&first.ty) {
        Context::Of(event) => check_event(event, errors),
        // The compiler says what is missing.
        Context::Unnamed => None,
        Context::Borrowed(event) => {
            errors.push(&first.ty, messages::event_context_by_value(&types::text(event)));
            None
        }
        Context::Not => {
            let second = parameters.next().map(|second| Context::of(&second.ty));
            if second.is_some_and(|second| !matches!(second, Context::Not)) {
                errors.push(&first.ty, messages::EVENT_CONTEXT_FIRST);
                return None;
            }
            let event = match types::peel(&first.ty) {
                Type::Reference(reference) => &reference.elem,
                ty => ty,
            };
            let event = types::path(event)
                .filter(|_| !types::is_primitive(event) && types::find_borrow(event).is_none());
            let message = messages::not_an_event_context(event.map(types::text).as_deref());
            errors.push(&first.ty, message);
            None
        }
    }
}

/// The event, where it can be one.
fn check_event<'s>(event: &'s Type, errors: &Errors<'_>) -> Option<&'s Type> {
    if let Some(found) = types::find_impl_trait(event) {
        errors.push(found, messages::impl_trait_parameter(Kind::Event));
        return None;
    }
    if types::last_name(event).is_none() || types::is_primitive(event) {
        errors.push(event, messages::not_a_named_parameter(Kind::Event));
        return None;
    }
    if let Some(span) = types::find_borrow(event) {
        errors.push_at(span, messages::borrowing_parameter(Kind::Event));
        return None;
    }
    Some(event)
}

/// What a type may be by its text.
enum Context<'s> {
    /// The context of this event.
    Of(&'s Type),
    /// The context of no event.
    Unnamed,
    /// A reference to the context of this event.
    Borrowed(&'s Type),
    /// Anything else.
    Not,
}

impl<'s> Context<'s> {
    fn of(ty: &'s Type) -> Self {
        let ty = types::peel(ty);
        if let Type::Reference(reference) = ty {
            return match Context::of(&reference.elem) {
                Context::Of(event) | Context::Borrowed(event) => Context::Borrowed(event),
                other => other,
            };
        }
        let Some(last) = types::path(ty).and_then(|path| path.segments.last()) else {
            return Context::Not;
        };
        let is_named = last.ident == CONTEXT;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            return if is_named { Context::Unnamed } else { Context::Not };
        };
        let mut borrows = false;
        let mut events = Vec::new();
        for argument in &arguments.args {
            match argument {
                GenericArgument::Lifetime(_) => borrows = true,
                GenericArgument::Type(event) => events.push(event),
                _ => {}
            }
        }
        match events.as_slice() {
            // Another name that the context was imported by has the same arguments.
            [event] if is_named || borrows => Context::Of(event),
            _ if is_named => Context::Unnamed,
            _ => Context::Not,
        }
    }
}

/// The type behind `&mut` of the second parameter.
fn check_transaction(
    signature: &Signature,
    given: &Given,
    errors: &Errors<'_>,
) -> Option<proc_macro2::TokenStream> {
    let mut further = signature::parameters(signature).skip(1);
    let second = further.next()?;
    for extra in further {
        errors.push(&extra.ty, messages::HANDLERS_TRANSACTION);
    }
    if let Some(found) = types::find_impl_trait(&second.ty) {
        errors.push(found, messages::impl_trait_parameter(Kind::Event));
        return None;
    }
    match types::peel(&second.ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            if given.transient.is_some() {
                errors.push(&second.ty, messages::TRANSIENT_WITH_TRANSACTION);
            }
            Some(types::peel(&reference.elem).to_token_stream())
        }
        // Reported where the first parameter is.
        ty if !matches!(Context::of(ty), Context::Not) => None,
        _ => {
            errors.push(&second.ty, messages::HANDLERS_TRANSACTION);
            None
        }
    }
}

/// Where the output stands, or would.
fn check_output(signature: &Signature, errors: &Errors<'_>) -> proc_macro2::Span {
    let ReturnType::Type(_, output) = &signature.output else { return signature.ident.span() };
    if let Some(found) = types::find_impl_trait(output) {
        errors.push(found, messages::SUBSCRIBER_OUTPUT);
    }
    output.span()
}
