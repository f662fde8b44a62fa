//! Stored names.

use syn::LitStr;

use crate::errors::Errors;
use crate::messages;

/// The longest stored name of an aggregate, event or command, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// What the stored names of pseudo events begin with, and no others.
pub(crate) const PSEUDO: char = '$';

/// Reports what can't be a stored name.
pub(crate) fn check(name: &LitStr, errors: &Errors<'_>) {
    if name.value().starts_with(PSEUDO) {
        errors.push(name, messages::PSEUDO_NAME);
    }
    check_text(name, errors);
}

/// The longest id of a subscriber, in bytes: stores keep names that are made of it.
pub(crate) const MAX_ID_BYTES: usize = 80;

/// What the name of a rebuild has, and no id of a subscriber.
const REBUILD: char = '~';

/// Reports what can't be the id of a subscriber.
pub(crate) fn check_id(id: &LitStr, errors: &Errors<'_>) {
    let text = id.value();
    if text.trim().is_empty() {
        errors.push(id, messages::EMPTY_NAME);
    } else if text.len() > MAX_ID_BYTES {
        errors.push(id, messages::long_id(text.len()));
    } else if text.chars().any(char::is_control) {
        errors.push(id, messages::CONTROL_CHARACTER_IN_NAME);
    } else if text.contains(REBUILD) {
        errors.push(id, messages::REBUILD_IN_ID);
    }
}

/// The name without the mark of pseudo events, which was reported, so that no other error follows from it.
pub(crate) fn without_mark(name: LitStr) -> LitStr {
    match name.value().strip_prefix(PSEUDO) {
        Some(rest) => LitStr::new(rest, name.span()),
        None => name,
    }
}

/// Reports what can't be the stored name of a pseudo event.
pub(crate) fn check_pseudo(name: &LitStr, errors: &Errors<'_>) {
    if !name.value().starts_with(PSEUDO) {
        errors.push(name, messages::pseudo_name(&name.value()));
    }
    check_text(name, errors);
}

fn check_text(name: &LitStr, errors: &Errors<'_>) {
    let text = name.value();
    if text.trim().is_empty() {
        errors.push(name, messages::EMPTY_NAME);
    } else if text.len() > MAX_NAME_BYTES {
        errors.push(name, messages::long_name(text.len()));
    } else if text.chars().any(char::is_control) {
        errors.push(name, messages::CONTROL_CHARACTER_IN_NAME);
    }
}
