//! Where generated code is said to be.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The user's location with the macro's own hygiene: errors point at the user's code, while lints and local names
/// treat what is generated as the macro's.
pub(crate) fn at(user: Span) -> Span {
    Span::mixed_site().located_at(user)
}

/// The user's tokens as the macro's own, said to be elsewhere.
pub(crate) fn relocated(tokens: impl ToTokens, place: Span) -> TokenStream {
    let relocate = |token| match token {
        TokenTree::Group(group) => {
            let mut relocated =
                Group::new(group.delimiter(), self::relocated(group.stream(), place));
            relocated.set_span(group.span().located_at(place));
            TokenTree::Group(relocated)
        }
        mut token => {
            token.set_span(token.span().located_at(place));
            token
        }
    };
    tokens.to_token_stream().into_iter().map(relocate).collect()
}
