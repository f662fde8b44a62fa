//! Types in a place that can't have `#[cfg]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::cfg::Condition;
use crate::spans::at;

/// Types for a `where` clause. One that exists on a condition stands there under another name, which is `()` else.
#[derive(Default)]
pub(super) struct Types {
    /// Declares the other names.
    pub(super) aliases: TokenStream,
    pub(super) types: Vec<TokenStream>,
}

impl Types {
    /// From variants, with the condition and the type of each. The other names end in `suffix`.
    pub(super) fn of<'a>(
        suffix: &str,
        variants: impl Iterator<Item = (&'a Ident, &'a Condition, TokenStream)>,
    ) -> Self {
        let mut types = Types::default();
        let mut conditional: Vec<(&Ident, Vec<&TokenStream>)> = Vec::new();
        for (variant, condition, ty) in variants {
            let Some(predicate) = condition.predicate() else {
                types.types.push(ty);
                continue;
            };
            let span = at(variant.span());
            let alias = format_ident!("{variant}{suffix}", span = span);
            quote_spanned!(span=> #condition type #alias = #ty;).to_tokens(&mut types.aliases);
            match conditional.iter_mut().find(|(other, _)| *other == variant) {
                // Two handlers that exclude each other.
                Some((_, predicates)) => predicates.push(predicate),
                None => {
                    conditional.push((variant, vec![predicate]));
                    types.types.push(alias.into_token_stream());
                }
            }
        }
        for (variant, predicates) in conditional {
            let span = at(variant.span());
            let alias = format_ident!("{variant}{suffix}", span = span);
            quote_spanned!(span=> #[cfg(not(any(#(#predicates),*)))] type #alias = ();)
                .to_tokens(&mut types.aliases);
        }
        types
    }
}
