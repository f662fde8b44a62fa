//! Where generated code is said to be.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The user's location with the macro's own hygiene: errors point at the user's code, while lints and local names
/// treat what is generated as the macro's.
pub(crate) fn at(user: Span) -> Span {
    Span::mixed_site().located_at(user)
}

/// The user's tokens as the macro's own, said to be elsewhere.
fn relocated(tokens: impl ToTokens, place: Span) -> TokenStream {
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

/// A path, said to begin here. What may be wrong with it stays where it is, so that it is reported once.
pub(crate) fn beginning_at(path: &TokenStream, place: Span) -> TokenStream {
    let begins = |token: &TokenTree| matches!(token, TokenTree::Punct(_));
    let mut tokens = path.clone().into_iter().peekable();
    let colons = std::iter::from_fn(|| tokens.next_if(begins));
    let begin: TokenStream = colons.collect();
    let begin = if begin.is_empty() { tokens.next().into_iter().collect() } else { begin };
    let mut path = relocated(begin, place);
    path.extend(tokens);
    path
}
