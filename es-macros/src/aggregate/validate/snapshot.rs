//! The argument `snapshot(…)`.

use std::str::FromStr;

use proc_macro2::{Ident, TokenStream};
use syn::{LitInt, Path, Type};

use super::super::model::{Snapshot, SnapshotTime};
use crate::arguments::{Arguments, Known};
use crate::errors::Errors;
use crate::messages;
use crate::spans::at;
use crate::types;

const ARGUMENTS: &[Known] = &[
    Known::once("every", "every = 100"),
    Known::once("strategy", "strategy = path::to::function"),
    Known::once("memento", "memento = Type"),
    Known::once("version", "version = 2"),
    Known::once("keep", "keep = 3"),
    Known::flag("with_append"),
];

/// `None` where it says nothing that code can be written for.
pub(super) fn check(
    (name, arguments): (Ident, TokenStream),
    self_type: &TokenStream,
    errors: &Errors<'_>,
) -> Option<Snapshot> {
    let errors = errors.child();
    let mut arguments = Arguments::parse(arguments, "snapshot(…)", ARGUMENTS, &errors);
    let every: Option<LitInt> = arguments.take("every", &errors);
    let strategy: Option<Path> = arguments.take("strategy", &errors);
    let memento: Option<Type> = arguments.take("memento", &errors);
    let version: Option<LitInt> = arguments.take("version", &errors);
    let keep: Option<LitInt> = arguments.take("keep", &errors);
    let with_append = arguments.take_flag("with_append");

    check_number::<u64>(every.as_ref(), messages::SNAPSHOT_EVERY, &errors);
    check_number::<u32>(version.as_ref(), messages::SNAPSHOT_VERSION, &errors);
    check_number::<u32>(keep.as_ref(), messages::SNAPSHOT_KEEP, &errors);
    let time = match (every, strategy) {
        (Some(_), Some(strategy)) => {
            errors.push(strategy, messages::SNAPSHOT_TWICE);
            None
        }
        (Some(every), None) => Some(SnapshotTime::Every(every)),
        (None, Some(strategy)) => Some(SnapshotTime::Strategy(strategy)),
        (None, None) => None,
    };
    let says_nothing = time.is_none()
        && memento.is_none()
        && version.is_none()
        && keep.is_none()
        && with_append.is_none();
    if says_nothing && errors.is_empty() {
        errors.push(&name, messages::SNAPSHOT_EMPTY);
    }
    if !errors.is_empty() {
        return None;
    }
    Some(Snapshot {
        span: at(name.span()),
        time,
        memento: memento.map(|memento| types::without_self(memento, self_type)),
        version,
        keep,
        with_append: with_append.is_some(),
    })
}

/// Numbers are whole, fit their type, and begin with 1.
fn check_number<N: FromStr<Err: std::fmt::Display> + Default + PartialEq>(
    number: Option<&LitInt>,
    message: &str,
    errors: &Errors<'_>,
) {
    let Some(number) = number else { return };
    let is_right = number.base10_parse::<N>().is_ok_and(|value| value != N::default());
    if !is_right || !number.suffix().is_empty() {
        errors.push(number, message);
    }
}
