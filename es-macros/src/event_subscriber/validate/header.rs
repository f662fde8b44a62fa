//! The part of the block before its braces.

use syn::{GenericParam, Ident, ItemImpl};

use crate::errors::Errors;
use crate::{messages, types};

/// The last part of the type's path, where something can be generated for the type.
pub(super) fn check<'a>(header: &'a ItemImpl, errors: &Errors<'_>) -> Option<&'a Ident> {
    if let Some((path, _)) = &header.trait_ {
        errors.push(path, messages::SUBSCRIBER_TRAIT_IMPL);
        return None;
    }
    let Some(name) = types::last_name(&header.self_ty) else {
        errors.push(&header.self_ty, messages::SUBSCRIBER_NOT_NAMED);
        return None;
    };
    let parameters = &header.generics.params;
    let borrows = parameters.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    if !parameters.is_empty() {
        errors.push(
            parameters,
            if borrows { messages::BORROWING_SUBSCRIBER } else { messages::GENERIC_SUBSCRIBER },
        );
        return None;
    }
    if let Some(span) = types::find_borrow(&header.self_ty) {
        errors.push_at(span, messages::BORROWING_SUBSCRIBER);
        return None;
    }
    if let Some(clause) = &header.generics.where_clause {
        errors.push(clause, messages::WHERE_ON_SUBSCRIBER);
    }
    Some(name)
}
