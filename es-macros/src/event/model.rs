use proc_macro2::{Ident, TokenStream};
use syn::{DeriveInput, LitInt, LitStr};

use crate::arguments::Known;
use crate::errors::Errors;
use crate::{derive, messages, names};

const ARGUMENTS: &[Known] = &[
    Known::once("type", "type = \"…\""),
    Known::repeatable("alias", "alias = \"…\""),
    Known::once("version", "version = 2"),
    Known::once("crate", "crate = path::to::es_core"),
    Known::reserved("from"),
];

/// An event.
pub(super) struct Event<'a> {
    pub(super) es_core: TokenStream,
    /// For a deprecated type.
    pub(super) allow_deprecated: Option<TokenStream>,
    pub(super) ident: &'a Ident,
    pub(super) stored_name: LitStr,
    pub(super) aliases: Vec<LitStr>,
    pub(super) version: Option<LitInt>,
}

impl<'a> Event<'a> {
    /// `None` where nothing can be generated. Where there are errors, what is generated keeps others from following.
    pub(super) fn new(input: &'a DeriveInput, errors: &Errors<'_>) -> Option<Self> {
        let ident = &input.ident;
        let mut arguments = derive::arguments(&input.attrs, "event", ARGUMENTS, errors);
        let stored_name = derive::stored_name(arguments.take("type", errors), ident, errors);
        let aliases = arguments.take_all("alias", errors);
        let version = arguments.take("version", errors);
        let es_core = derive::es_core(arguments.take("crate", errors), ident.span());
        check_aliases(&stored_name, &aliases, errors);
        let version = version.filter(|version| check_version(version, errors));
        let event = Event {
            es_core,
            allow_deprecated: derive::allow_deprecated(input),
            ident,
            stored_name,
            aliases,
            version,
        };
        derive::check_shape(input, "Event", errors).then_some(event)
    }
}

fn check_aliases(stored_name: &LitStr, aliases: &[LitStr], errors: &Errors<'_>) {
    for (index, alias) in aliases.iter().enumerate() {
        names::check(alias, errors);
        if alias.value() == stored_name.value() {
            errors.push(alias, messages::ALIAS_IS_NAME);
        } else if aliases.iter().take(index).any(|earlier| earlier.value() == alias.value()) {
            errors.push(alias, messages::REPEATED_ALIAS);
        }
    }
}

fn check_version(version: &LitInt, errors: &Errors<'_>) -> bool {
    let number = version.base10_parse::<u32>();
    if !matches!(number, Ok(1..)) || !matches!(version.suffix(), "" | "u32") {
        errors.push(version, messages::VERSION);
        return false;
    }
    true
}
