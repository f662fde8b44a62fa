//! How the aggregate's snapshots are taken.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::super::model::{Aggregate, SnapshotTime};
use crate::spans::at;

/// The constant of `impl Aggregate`, where there are snapshots. What can't be one is said where `snapshot` is written, or
/// where the memento is.
pub(super) fn constant(aggregate: &Aggregate<'_>) -> TokenStream {
    let Some(snapshot) = aggregate.snapshot.as_ref().filter(|_| aggregate.sound) else {
        return TokenStream::new();
    };
    let span = snapshot.span;
    let es_core = aggregate.es_core_at(span);
    let of = match &snapshot.memento {
        Some(memento) => {
            let place = at(memento.span());
            let (memento_name, es_core) = (name(memento), aggregate.es_core_at(place));
            quote_spanned!(place=> #es_core::Snapshots::<Self>::of_memento::<#memento>(#memento_name))
        }
        None => {
            let state_name = aggregate.plain_name();
            quote_spanned!(span=> #es_core::Snapshots::of_state(#state_name))
        }
    };
    let time = match &snapshot.time {
        Some(SnapshotTime::Every(events)) => quote_spanned!(span=> .every(#events)),
        Some(SnapshotTime::Strategy(strategy)) => quote_spanned!(span=> .strategy(#strategy)),
        None => TokenStream::new(),
    };
    let version =
        snapshot.version.as_ref().map(|version| quote_spanned!(span=> .version(#version)));
    let keep = snapshot.keep.as_ref().map(|keep| quote_spanned!(span=> .keep(#keep)));
    let with_append = snapshot.with_append.then(|| quote_spanned!(span=> .with_append()));
    quote_spanned! {span=>
        const SNAPSHOTS: ::core::option::Option<#es_core::Snapshots<Self>> =
            ::core::option::Option::Some(#of #time #version #keep #with_append);
    }
}

/// The last part of the memento's path.
fn name(memento: &TokenStream) -> String {
    let path = match syn::parse2::<Type>(memento.clone()) {
        Ok(Type::Path(path)) => Some(path.path),
        _ => None,
    };
    let last = |path: Path| path.segments.last().map(|last| last.ident.to_string());
    path.and_then(last).unwrap_or_else(|| memento.to_token_stream().to_string())
}
