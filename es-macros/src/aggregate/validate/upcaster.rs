//! Upcasters.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{FnArg, LitInt, LitStr, PatType, ReturnType, Signature, Token, Type};

use super::super::model::Upcaster;
use crate::arguments::{Arguments, Known};
use crate::block::Marker;
use crate::cfg::Condition;
use crate::errors::Errors;
use crate::messages::{self, Kind};
use crate::{names, signature, types};

const ARGUMENTS: &[Known] = &[
    Known::once("event", "event = \"…\""),
    Known::once("from", "from = 1"),
    Known::repeatable("into", "into = (\"…\", 1)"),
];

/// The highest version that has a next one.
const MOST: u32 = u32::MAX - 1;

/// The upcaster, if nothing is wrong with it.
pub(super) fn check(
    marker: &Marker,
    signature: &Signature,
    condition: Condition,
    errors: &Errors<'_>,
) -> Option<Upcaster> {
    let errors = errors.child();
    let arguments = marker.meta.list().unwrap_or_default();
    let mut arguments = Arguments::parse(arguments, "#[upcaster]", ARGUMENTS, &errors);
    let targets: Vec<Target> = arguments.take_all("into", &errors);
    let (event, from) = (arguments.take("event", &errors), arguments.take("from", &errors));
    if errors.is_empty() && (event.is_none() || from.is_none()) {
        errors.push(&marker.meta.path, messages::UPCASTER_ARGUMENTS);
    }
    check_targets(&targets, &errors);
    let (json, context) = check_signature(signature, &errors);
    let (event, from): (LitStr, LitInt) = (event?, from?);
    names::check(&event, &errors);
    check_version(&from, messages::UPCASTER_FROM, &errors);
    let json = json?;
    errors.is_empty().then(|| Upcaster {
        method: signature.ident.clone(),
        condition,
        event,
        from,
        into: targets.into_iter().map(|target| (target.name, target.version)).collect(),
        json,
        context,
    })
}

/// `("FeeCharged", 1)`.
struct Target {
    name: LitStr,
    version: LitInt,
}

impl Parse for Target {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        syn::parenthesized!(content in input);
        let name = content.parse()?;
        content.parse::<Token![,]>()?;
        let version = content.parse()?;
        content.parse::<Option<Token![,]>>()?;
        match content.is_empty() {
            true => Ok(Target { name, version }),
            false => Err(content.error("a name and a version")),
        }
    }
}

fn check_targets(targets: &[Target], errors: &Errors<'_>) {
    for (index, target) in targets.iter().enumerate() {
        names::check(&target.name, errors);
        check_version(&target.version, messages::UPCASTER_TARGET, errors);
        let name = target.name.value();
        if targets.iter().take(index).any(|other| other.name.value() == name) {
            errors.push(&target.name, messages::repeated_target(&name));
        }
    }
}

fn check_version(version: &LitInt, message: &str, errors: &Errors<'_>) {
    let number = version.base10_parse::<u32>();
    if !matches!(number, Ok(1..=MOST)) || !matches!(version.suffix(), "" | "u32") {
        errors.push(version, message);
    }
}

/// The type of the JSON, and where the context is asked for.
fn check_signature(signature: &Signature, errors: &Errors<'_>) -> (Option<Type>, Option<Span>) {
    signature::check(Kind::Upcaster, signature, errors);
    if let Some(token) = &signature.asyncness {
        errors.push(token, messages::ASYNC_UPCASTER);
    }
    if let Some(receiver) = signature.receiver() {
        errors.push(receiver, messages::UPCASTER_RECEIVER);
    }
    match &signature.output {
        ReturnType::Type(_, output) if !types::is_unit(output) => {}
        _ => errors.push(&signature.ident, messages::upcaster_returns_nothing(&signature.ident)),
    }
    let mut parameters = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    let Some(json) = parameters.next() else {
        errors.push(&signature.ident, messages::no_json(&signature.ident));
        return (None, None);
    };
    if let Type::Reference(_) = types::peel(&json.ty) {
        errors.push(&json.ty, messages::JSON_BY_VALUE);
    }
    let context = parameters.next().and_then(|parameter| check_context(parameter, errors));
    for extra in parameters {
        errors.push(&extra.ty, messages::EXTRA_UPCASTER_PARAMETER);
    }
    (Some((*json.ty).clone()), context)
}

fn check_context(parameter: &PatType, errors: &Errors<'_>) -> Option<Span> {
    match types::peel(&parameter.ty) {
        Type::Reference(reference) if reference.mutability.is_none() => {
            Some(syn::spanned::Spanned::span(&parameter.ty))
        }
        _ => {
            errors.push(&parameter.ty, messages::EXTRA_UPCASTER_PARAMETER);
            None
        }
    }
}
