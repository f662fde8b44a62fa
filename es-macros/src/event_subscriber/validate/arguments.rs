//! The arguments of `#[event_subscriber]`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::{LitInt, LitStr};

use super::super::model::{Setting, Start};
use crate::arguments::{Arguments, Known};
use crate::derive::CratePath;
use crate::errors::Errors;
use crate::{messages, names};

const ARGUMENTS: &[Known] = &[
    Known::once("id", "id = \"…\""),
    Known::once("lanes", "lanes = 4"),
    Known::once("partitions", "partitions = 16"),
    Known::once("batch", "batch = 256"),
    Known::once("start", "start = beginning` or `start = end` or `start = 4711"),
    Known::once("on_failure", "on_failure = block` or `on_failure = skip` or `on_failure = park"),
    Known::flag("inline"),
    Known::flag("transient"),
    Known::once("crate", "crate = path::to::es_core"),
];

/// What the arguments say.
pub(super) struct Given {
    pub(super) id: Option<LitStr>,
    pub(super) is_without_id: bool,
    pub(super) inline: Option<Ident>,
    pub(super) transient: Option<Ident>,
    pub(super) settings: Vec<Setting>,
    pub(super) es_core: Option<CratePath>,
}

impl Given {
    pub(super) fn parse(arguments: TokenStream, errors: &Errors<'_>) -> Self {
        let mut arguments = Arguments::parse(arguments, "#[event_subscriber]", ARGUMENTS, errors);
        let is_without_id = !arguments.left().any(|name| name == "id");
        let id: Option<LitStr> = arguments.take("id", errors);
        if let Some(id) = &id {
            names::check_id(id, errors);
        }
        let es_core = arguments.take("crate", errors);
        let inline = arguments.take_flag("inline");
        if inline.is_some() {
            for name in arguments.left() {
                errors.push(name, messages::inline_with(name));
            }
        }
        let mut settings = Vec::new();
        for name in ["lanes", "partitions", "batch"] {
            let count: Option<Count> = arguments.take(name, errors);
            settings.extend(count.map(|Count(count)| Setting::Count(name, count)));
        }
        settings.extend(arguments.take("start", errors).map(Setting::Start));
        let on_failure: Option<OnFailure> = arguments.take("on_failure", errors);
        settings.extend(on_failure.map(|OnFailure(variant)| Setting::OnFailure(variant)));
        let transient = arguments.take_flag("transient");
        settings.extend(transient.as_ref().map(|_| Setting::Transient));
        Given { id, is_without_id, inline, transient, settings, es_core }
    }
}

/// A whole number from 1 on.
struct Count(u32);

impl Parse for Count {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let literal: LitInt = input.parse()?;
        match literal.base10_parse()? {
            0 => Err(input.error("0")),
            count => Ok(Count(count)),
        }
    }
}

impl Parse for Start {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitInt) {
            let position: LitInt = input.parse()?;
            return position.base10_parse().map(Start::After);
        }
        let word: Ident = input.parse()?;
        match word.to_string().as_str() {
            "beginning" => Ok(Start::Beginning),
            "end" => Ok(Start::End),
            _ => Err(input.error("another word")),
        }
    }
}

/// The variant of the enum of that name.
struct OnFailure(&'static str);

impl Parse for OnFailure {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word: Ident = input.parse()?;
        match word.to_string().as_str() {
            "block" => Ok(OnFailure("Block")),
            "skip" => Ok(OnFailure("Skip")),
            "park" => Ok(OnFailure("Park")),
            _ => Err(input.error("another word")),
        }
    }
}
