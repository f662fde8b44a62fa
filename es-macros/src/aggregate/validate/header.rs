//! The part of the block before its braces.

use syn::{GenericParam, Ident, ItemImpl, PathArguments};

use crate::errors::Errors;
use crate::{messages, types};

/// The last part of the type's path, where something can be generated for the type.
pub(super) fn check<'a>(
    header: &'a ItemImpl,
    has_stored_name: bool,
    errors: &Errors<'_>,
) -> Option<&'a Ident> {
    if let Some((path, _)) = &header.trait_ {
        errors.push(path, messages::TRAIT_IMPL);
        return None;
    }
    let Some(last) = types::path(&header.self_ty).and_then(|path| path.segments.last()) else {
        errors.push(&header.self_ty, messages::NOT_A_NAMED_TYPE);
        return None;
    };
    let parameters = &header.generics.params;
    if !parameters.is_empty() {
        let borrows =
            parameters.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
        errors.push(
            parameters,
            if borrows { messages::BORROWING_TYPE } else { messages::GENERIC_IMPL },
        );
        return None;
    }
    if let Some(span) = types::find_borrow(&header.self_ty) {
        errors.push_at(span, messages::BORROWING_TYPE);
        return None;
    }
    if let Some(clause) = &header.generics.where_clause {
        errors.push(clause, messages::WHERE_ON_IMPL);
    }
    if !matches!(last.arguments, PathArguments::None) && !has_stored_name {
        errors.push(&header.self_ty, messages::no_stored_name(&last.ident));
    }
    Some(&last.ident)
}
