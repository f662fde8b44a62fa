//! Attributes as tokens, and the condition under which what they stand on exists.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::arguments::split_at_commas;

/// `#[…]` or `#![…]`, not parsed further than its path.
#[derive(Clone)]
pub(crate) struct RawAttribute {
    /// Everything, with `#`.
    pub(crate) tokens: TokenStream,
    /// What is in the brackets.
    pub(crate) meta: Meta,
}

/// A path, and what comes after it.
#[derive(Clone)]
pub(crate) struct Meta {
    pub(crate) path: TokenStream,
    /// The last name in the path.
    pub(crate) name: String,
    /// What comes after the path: `(…)`, `= …` or nothing.
    pub(crate) arguments: TokenStream,
}

impl Meta {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut tokens = peel(tokens).into_iter().peekable();
        let (mut path, mut name) = (TokenStream::new(), String::new());
        while let Some(token) = tokens.next_if(|token| match token {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        }) {
            if let TokenTree::Ident(ident) = &token {
                name = ident.to_string();
            }
            token.to_tokens(&mut path);
        }
        Meta { path, name, arguments: tokens.collect() }
    }

    /// What stands in the parentheses after the path.
    pub(crate) fn list(&self) -> Option<TokenStream> {
        match self.arguments.clone().into_iter().next() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                Some(group.stream())
            }
            _ => None,
        }
    }
}

/// Whether one of the attributes is `#[deprecated]`, or sets the level of the lint of that name.
pub(crate) fn speak_of_deprecation<'a>(
    attributes: impl IntoIterator<Item = &'a RawAttribute>,
) -> bool {
    attributes.into_iter().any(|attribute| match attribute.meta.name.as_str() {
        "deprecated" => true,
        "allow" | "expect" => {
            let lints = attribute.meta.list().unwrap_or_default();
            lints.into_iter().any(|lint| lint.to_string() == "deprecated")
        }
        _ => false,
    })
}

/// The tokens without the invisible group of `macro_rules!` that they may stand in.
pub(crate) fn peel(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            peel(group.stream())
        }
        _ => tokens,
    }
}

/// When something exists: what `#[cfg(…)]` says of it.
#[derive(Clone, Default)]
pub(crate) struct Condition(Option<TokenStream>);

impl Condition {
    pub(crate) fn of<'a>(attributes: impl IntoIterator<Item = &'a RawAttribute>) -> Self {
        let predicates = attributes.into_iter().flat_map(|attribute| predicates(&attribute.meta));
        predicates.fold(Condition::default(), Condition::and)
    }

    /// This, and the predicate too.
    pub(crate) fn and(self, predicate: TokenStream) -> Self {
        Condition(Some(match self.0 {
            None => predicate,
            Some(other) => quote!(all(#other, #predicate)),
        }))
    }

    pub(crate) fn is_always(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn predicate(&self) -> Option<&TokenStream> {
        self.0.as_ref()
    }
}

/// As an attribute.
impl ToTokens for Condition {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some(predicate) = &self.0 {
            quote_spanned!(crate::spans::at(predicate.span())=> #[cfg(#predicate)])
                .to_tokens(tokens);
        }
    }
}

fn predicates(meta: &Meta) -> Vec<TokenStream> {
    let Some(list) = meta.list() else { return Vec::new() };
    match meta.name.as_str() {
        "cfg" => vec![list],
        "cfg_attr" => {
            let mut parts = split_at_commas(list).into_iter();
            let Some(applies) = parts.next() else { return Vec::new() };
            parts
                .flat_map(|part| predicates(&Meta::new(part)))
                .map(|predicate| quote!(any(not(#applies), #predicate)))
                .collect()
        }
        _ => Vec::new(),
    }
}
