use proc_macro2::{Ident, TokenStream};
use syn::{DeriveInput, LitStr};

use crate::arguments::Known;
use crate::derive;
use crate::errors::Errors;

const ARGUMENTS: &[Known] =
    &[Known::once("type", "type = \"…\""), Known::once("crate", "crate = path::to::es_core")];

/// A command.
pub(super) struct Command<'a> {
    pub(super) es_core: TokenStream,
    /// For a deprecated type.
    pub(super) allow_deprecated: Option<TokenStream>,
    pub(super) ident: &'a Ident,
    pub(super) stored_name: LitStr,
}

impl<'a> Command<'a> {
    /// `None` where nothing can be generated. Where there are errors, what is generated keeps others from following.
    pub(super) fn new(input: &'a DeriveInput, errors: &Errors<'_>) -> Option<Self> {
        let ident = &input.ident;
        let mut arguments = derive::arguments(&input.attrs, "command", ARGUMENTS, errors);
        let stored_name = derive::stored_name(arguments.take("type", errors), ident, errors);
        let es_core = derive::es_core(arguments.take("crate", errors), ident.span());
        let command = Command {
            es_core,
            allow_deprecated: derive::allow_deprecated(input),
            ident,
            stored_name,
        };
        derive::check_shape(input, "Command", errors).then_some(command)
    }
}
