//! What all derives share.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, Data, DeriveInput, GenericParam, LitStr, Meta, Path};

use crate::arguments::{Arguments, Known};
use crate::errors::Errors;
use crate::messages;
use crate::names;
use crate::output::Output;
use crate::spans::at;

/// The arguments in all attributes of this name: those of `#[event(a)] #[event(b)]` are `a, b`.
pub(crate) fn arguments(
    attributes: &[Attribute],
    name: &str,
    known: &'static [Known],
    errors: &Errors<'_>,
) -> Arguments {
    let mut tokens = TokenStream::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        match &attribute.meta {
            Meta::List(list) => {
                list.tokens.to_tokens(&mut tokens);
                TokenTree::Punct(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone))
                    .to_tokens(&mut tokens);
            }
            _ => errors.push(attribute, messages::attribute_form(name)),
        }
    }
    Arguments::parse(tokens, &format!("#[{name}(…)]"), known, errors)
}

/// Reports types that can't have one stored name. Says whether impls can be written for it.
pub(crate) fn check_shape(input: &DeriveInput, derive: &str, errors: &Errors<'_>) -> bool {
    let parameters = &input.generics.params;
    if let Data::Union(data) = &input.data {
        errors.push(data.union_token, messages::union_type(derive));
    } else if parameters.is_empty() {
        return true;
    } else if parameters.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_))) {
        errors.push(parameters, messages::borrowing_type(derive));
    } else {
        errors.push(parameters, messages::generic_type(derive));
    }
    false
}

/// The stored name: as given, or the type's own.
pub(crate) fn stored_name(given: Option<LitStr>, ident: &Ident, errors: &Errors<'_>) -> LitStr {
    match given {
        Some(name) => {
            names::check(&name, errors);
            names::without_mark(name)
        }
        None => default_name(ident, errors),
    }
}

/// The name of a type as its stored name.
pub(crate) fn default_name(ident: &Ident, errors: &Errors<'_>) -> LitStr {
    let name = LitStr::new(&syn::ext::IdentExt::unraw(ident).to_string(), at(ident.span()));
    names::check(&name, errors);
    name
}

/// The path to es-core.
pub(crate) fn es_core(given: Option<CratePath>, span: Span) -> TokenStream {
    match given {
        Some(CratePath(path)) => path.to_token_stream(),
        None => quote_spanned!(at(span)=> ::es_core),
    }
}

/// `#[allow(deprecated)]` for a type that is deprecated.
pub(crate) fn allow_deprecated(input: &DeriveInput) -> Option<TokenStream> {
    let deprecated = input.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"));
    deprecated.then(|| quote_spanned!(at(input.ident.span())=> #[allow(deprecated)]))
}

/// A path without generics.
pub(crate) struct CratePath(Path);

impl syn::parse::Parse for CratePath {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        Path::parse_mod_style(input).map(CratePath)
    }
}

/// Runs a derive: `expand` returns what is generated.
pub(crate) fn run(
    input: TokenStream,
    expand: impl FnOnce(&DeriveInput, &Errors<'_>) -> TokenStream,
) -> Output {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return Output { errors: error.to_compile_error(), ..Output::default() },
    };
    let errors = Errors::default();
    let generated = expand(&input, &errors);
    Output {
        name: syn::ext::IdentExt::unraw(&input.ident).to_string(),
        generated,
        errors: errors.to_tokens(),
        ..Output::default()
    }
}
