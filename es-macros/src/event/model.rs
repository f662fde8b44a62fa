use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{DeriveInput, LitInt, LitStr, Path};

use crate::arguments::Known;
use crate::errors::Errors;
use crate::spans::at;
use crate::{derive, messages, names};

const ARGUMENTS: &[Known] = &[
    Known::once("type", "type = \"…\""),
    Known::repeatable("alias", "alias = \"…\""),
    Known::once("version", "version = 2"),
    Known::once("crate", "crate = path::to::es_core"),
    Known::once("from", "from = OlderType"),
    Known::flag("pseudo"),
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
    /// An older version that is a type too.
    pub(super) from: Option<Path>,
    /// Whether it changes no state, and nobody handles it.
    pub(super) pseudo: bool,
}

impl<'a> Event<'a> {
    /// `None` where nothing can be generated. Where there are errors, what is generated keeps others from following.
    pub(super) fn new(input: &'a DeriveInput, errors: &Errors<'_>) -> Option<Self> {
        let ident = &input.ident;
        let mut arguments = derive::arguments(&input.attrs, "event", ARGUMENTS, errors);
        let pseudo = arguments.take_flag("pseudo");
        let stored_name = match (&pseudo, arguments.take("type", errors)) {
            (None, given) => derive::stored_name(given, ident, errors),
            (Some(_), given) => pseudo_name(given, ident, errors),
        };
        let aliases = arguments.take_all("alias", errors);
        let version = arguments.take("version", errors);
        let from = arguments.take::<Path>("from", errors);
        let from = from.filter(|from| check_from(from, ident, &stored_name, errors));
        let es_core = derive::es_core(arguments.take("crate", errors), ident.span());
        match &pseudo {
            None => check_aliases(&stored_name, &aliases, errors),
            Some(pseudo) if from.is_some() || !aliases.is_empty() => {
                errors.push(pseudo, messages::PSEUDO_IS_NOT_READ);
            }
            Some(_) => {}
        }
        let version = version.filter(|version| check_version(version, errors));
        let event = Event {
            es_core,
            allow_deprecated: derive::allow_deprecated(input),
            ident,
            stored_name,
            aliases,
            version,
            from,
            pseudo: pseudo.is_some(),
        };
        derive::check_shape(input, "Event", errors).then_some(event)
    }
}

/// The stored name of a pseudo event: as given, or the type's own after a `$`.
fn pseudo_name(given: Option<LitStr>, ident: &Ident, errors: &Errors<'_>) -> LitStr {
    let name = given.unwrap_or_else(|| {
        LitStr::new(&format!("{}{}", names::PSEUDO, ident.unraw()), at(ident.span()))
    });
    names::check_pseudo(&name, errors);
    name
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

fn check_from(from: &Path, ident: &Ident, stored_name: &LitStr, errors: &Errors<'_>) -> bool {
    let is_own = from.is_ident("Self") || from.is_ident(ident);
    if is_own {
        let name = ident.unraw().to_string();
        errors.push(from, messages::from_itself(&name, &stored_name.value()));
    }
    !is_own
}

fn check_version(version: &LitInt, errors: &Errors<'_>) -> bool {
    let number = version.base10_parse::<u32>();
    if !matches!(number, Ok(1..)) || !matches!(version.suffix(), "" | "u32") {
        errors.push(version, messages::VERSION);
        return false;
    }
    true
}
