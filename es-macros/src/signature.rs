//! What all handlers have in common: questions about the signatures of methods.

use syn::{FnArg, GenericParam, PatType, Receiver, ReceiverKind, Safety, Signature, Type};

use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::types;

/// How a method takes what its block is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    Shared,
    Mutable,
    Owned,
    Other,
}

impl Takes {
    pub(crate) fn of(receiver: Option<&Receiver>) -> Self {
        match receiver.map(|receiver| &receiver.kind) {
            None => Takes::Nothing,
            Some(ReceiverKind::Value) => Takes::Owned,
            Some(ReceiverKind::Reference(_, _, None)) => Takes::Shared,
            Some(ReceiverKind::Reference(_, _, Some(_))) => Takes::Mutable,
            Some(ReceiverKind::Typed(_, ty)) => match types::peel(ty) {
                Type::Reference(reference) if types::is_self(&reference.elem) => {
                    match reference.mutability {
                        Some(_) => Takes::Mutable,
                        None => Takes::Shared,
                    }
                }
                ty if types::is_self(ty) => Takes::Owned,
                _ => Takes::Other,
            },
            Some(_) => Takes::Other,
        }
    }
}

/// Reports what no handler can be.
pub(crate) fn check(kind: Kind, signature: &Signature, errors: &Errors<'_>) {
    if let Safety::Unsafe(token) = &signature.safety {
        errors.push(token, messages::unsafe_handler(kind));
    }
    if let Some(abi) = &signature.abi {
        errors.push(abi, messages::extern_handler(kind));
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(variadic, messages::variadic_handler(kind));
    }
    for parameter in &signature.generics.params {
        if !matches!(parameter, GenericParam::Lifetime(_)) {
            errors.push(parameter, messages::generic_handler(kind));
        }
    }
    for input in &signature.inputs {
        let attributes = match input {
            FnArg::Receiver(receiver) => &receiver.attrs,
            FnArg::Typed(typed) => &typed.attrs,
        };
        for attribute in attributes {
            if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
                errors.push(attribute, messages::conditional_parameter(kind));
            }
        }
    }
}

/// The parameters after the receiver.
pub(crate) fn parameters(signature: &Signature) -> impl Iterator<Item = &PatType> {
    signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}
