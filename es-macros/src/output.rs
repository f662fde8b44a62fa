//! What a macro answers.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::rebuild;

/// What a macro answers, in this order.
#[derive(Default)]
pub(crate) struct Output {
    /// The name by which `ES_EXPAND` asks for it.
    pub(crate) name: String,
    /// The user's own item; empty for a derive, which only adds to it.
    pub(crate) item: TokenStream,
    /// The markers once more, where they do nothing but count as used.
    pub(crate) markers: TokenStream,
    pub(crate) generated: TokenStream,
    pub(crate) errors: TokenStream,
}

/// Names the types whose expansions are to be printed, with commas between them.
const VARIABLE: &str = "ES_EXPAND";

impl Output {
    /// The whole answer; printed if the environment asks for it.
    pub(crate) fn finish(self) -> proc_macro::TokenStream {
        let is_asked = |names: String| names.split(',').any(|name| name.trim() == self.name);
        if !self.name.is_empty() && std::env::var(VARIABLE).is_ok_and(is_asked) {
            self.print();
        }
        self.into_tokens().into()
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let rebuild = (!self.generated.is_empty()).then(rebuild::when_asked_to_print);
        let Output { item, markers, generated, errors, .. } = self;
        quote!(#item #markers #generated #rebuild #errors)
    }

    fn print(&self) {
        let generated = self.generated.to_token_stream();
        let text = match syn::parse2(generated.clone()) {
            Ok(file) => prettyplease::unparse(&file),
            Err(_) => generated.to_string(),
        };
        eprintln!("// What is generated for `{}`:\n{text}", self.name);
    }
}

#[cfg(test)]
impl Output {
    /// The messages in the errors.
    pub(crate) fn messages(&self) -> Vec<String> {
        let literals = flatten(&self.errors).into_iter();
        literals
            .filter_map(|text| Some(syn::parse_str::<syn::LitStr>(&text).ok()?.value()))
            .collect()
    }
}

/// All tokens as texts, invisible groups left out.
#[cfg(test)]
pub(crate) fn flatten(tokens: &TokenStream) -> Vec<String> {
    use proc_macro2::{Delimiter, TokenTree};

    tokens
        .clone()
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => {
                let inner = flatten(&group.stream());
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => return inner,
                };
                let around = |text: &str| std::iter::once(text.to_owned());
                around(open).chain(inner).chain(around(close)).collect()
            }
            token => vec![token.to_string()],
        })
        .collect()
}
