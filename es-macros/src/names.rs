//! Stored names.

use syn::LitStr;

use crate::errors::Errors;
use crate::messages;

/// The longest stored name of an aggregate, event or command, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// Reports what can't be a stored name.
pub(crate) fn check(name: &LitStr, errors: &Errors<'_>) {
    let text = name.value();
    if text.trim().is_empty() {
        errors.push(name, messages::EMPTY_NAME);
    } else if text.len() > MAX_NAME_BYTES {
        errors.push(name, messages::long_name(text.len()));
    } else if text.chars().any(char::is_control) {
        errors.push(name, messages::CONTROL_CHARACTER_IN_NAME);
    }
}
