use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::model::AggregateId;
use crate::spans::at;

pub(super) fn aggregate_id(id: &AggregateId<'_>) -> TokenStream {
    let AggregateId { es_core, allow_deprecated, ident, field, inner } = id;
    quote_spanned! {at(ident.span())=>
        #[automatically_derived]
        #allow_deprecated
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(&self.#field, f)
            }
        }

        #[automatically_derived]
        #allow_deprecated
        impl ::core::str::FromStr for #ident {
            type Err = <#inner as ::core::str::FromStr>::Err;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self {
                    #field: <#inner as ::core::str::FromStr>::from_str(text)?,
                })
            }
        }

        #[automatically_derived]
        #allow_deprecated
        impl #es_core::AggregateId for #ident {}

        #[automatically_derived]
        #allow_deprecated
        impl #es_core::GeneratedId for #ident
        where
            for<'a> #ident: #es_core::__private::GeneratedAs<#inner>,
        {
            fn generate() -> Self {
                Self { #field: <Self as #es_core::__private::GeneratedAs<#inner>>::generate() }
            }

            fn derive(name: &[u8]) -> Self {
                Self { #field: <Self as #es_core::__private::GeneratedAs<#inner>>::derive(name) }
            }
        }
    }
}
