//! Collects every error of a macro call.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// A sink for errors. A child tells whether its own part of the input was right; what it has found goes to its parent.
#[derive(Default)]
pub(crate) struct Errors<'p> {
    parent: Option<&'p Errors<'p>>,
    found: RefCell<Vec<syn::Error>>,
}

impl Errors<'_> {
    pub(crate) fn child(&self) -> Errors<'_> {
        Errors { parent: Some(self), found: RefCell::default() }
    }

    /// Reports an error on these tokens.
    pub(crate) fn push(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.found.borrow_mut().push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports an error at this place.
    pub(crate) fn push_at(&self, span: Span, message: impl std::fmt::Display) {
        self.found.borrow_mut().push(syn::Error::new(span, message));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// Everything found, as calls of `compile_error!`.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        self.found.borrow().iter().map(syn::Error::to_compile_error).collect()
    }
}

impl Drop for Errors<'_> {
    fn drop(&mut self) {
        if let Some(parent) = self.parent {
            parent.found.borrow_mut().append(&mut self.found.borrow_mut());
        }
    }
}
