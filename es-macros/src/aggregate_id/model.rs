use proc_macro2::{Ident, TokenStream};
use syn::{Data, DeriveInput, Member, Type};

use crate::arguments::Known;
use crate::errors::Errors;
use crate::{derive, messages};

const ARGUMENTS: &[Known] = &[Known::once("crate", "crate = path::to::es_core")];

/// A newtype that is an id.
pub(super) struct AggregateId<'a> {
    pub(super) es_core: TokenStream,
    /// For a deprecated type.
    pub(super) allow_deprecated: Option<TokenStream>,
    pub(super) ident: &'a Ident,
    pub(super) field: Member,
    pub(super) inner: &'a Type,
}

impl<'a> AggregateId<'a> {
    pub(super) fn new(input: &'a DeriveInput, errors: &Errors<'_>) -> Option<Self> {
        let ident = &input.ident;
        let mut arguments = derive::arguments(&input.attrs, "aggregate_id", ARGUMENTS, errors);
        let es_core = derive::es_core(arguments.take("crate", errors), ident.span());
        if !input.generics.params.is_empty() {
            errors.push(&input.generics.params, messages::GENERIC_ID);
            return None;
        }
        let Some((field, inner)) = only_field(&input.data) else {
            errors.push(ident, messages::NOT_A_NEWTYPE);
            return None;
        };
        Some(AggregateId {
            es_core,
            allow_deprecated: derive::allow_deprecated(input),
            ident,
            field,
            inner,
        })
    }
}

fn only_field(data: &Data) -> Option<(Member, &Type)> {
    let Data::Struct(data) = data else { return None };
    let mut fields = data.fields.members().zip(&data.fields);
    match (fields.next(), fields.next()) {
        (Some((member, field)), None) => Some((member, &field.ty)),
        _ => None,
    }
}
