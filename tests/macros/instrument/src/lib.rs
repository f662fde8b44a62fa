//! An attribute macro as tracing's `instrument`: it keeps the signature, and adds to the body.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

/// Calls `crate::seen` with the arguments' text before the body.
#[proc_macro_attribute]
pub fn instrument(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let text = arguments.to_string();
    let mut item: Vec<TokenTree> = TokenStream::from(item).into_iter().collect();
    if let Some(TokenTree::Group(body)) = item.pop() {
        let statements = body.stream();
        let body = Group::new(body.delimiter(), quote!(crate::seen(#text); #statements));
        item.push(TokenTree::Group(body));
    }
    item.into_iter().collect::<TokenStream>().into()
}
