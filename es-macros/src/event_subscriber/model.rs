//! What an `#[event_subscriber]` block says, understood.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use crate::cfg::Condition;
use crate::spans::{at, beginning_at};

/// A subscriber.
pub(super) struct Subscriber<'a> {
    pub(super) es_core: TokenStream,
    pub(super) self_type: &'a Type,
    /// The last part of the type's path.
    pub(super) name: &'a Ident,
    pub(super) id: LitStr,
    pub(super) inline: bool,
    pub(super) settings: Vec<Setting>,
    pub(super) condition: Condition,
    /// Whether the block has to do with deprecated items.
    pub(super) deprecation: bool,
    pub(super) handlers: Vec<Handler>,
    /// Without errors. Else, what is generated can't be run: it only keeps other errors from following.
    pub(super) sound: bool,
}

/// What an argument says of how it is run.
pub(super) enum Setting {
    /// `lanes`, `partitions` or `batch`.
    Count(&'static str, u32),
    /// A variant of `Start`.
    Start(Start),
    /// A variant of `OnFailure`.
    OnFailure(&'static str),
    Transient,
}

pub(super) enum Start {
    Beginning,
    End,
    After(u64),
}

/// An `#[event_handler]`.
pub(super) struct Handler {
    pub(super) method: Ident,
    pub(super) condition: Condition,
    /// The type of the event.
    pub(super) event: TokenStream,
    /// The type behind `&mut`, where the transaction is taken.
    pub(super) transaction: Option<TokenStream>,
    /// Where the compiler reports an output that no handler has.
    pub(super) output: Span,
}

impl Subscriber<'_> {
    /// The name without `r#`.
    pub(super) fn plain_name(&self) -> String {
        self.name.unraw().to_string()
    }

    /// Where what is generated for the whole block is said to be.
    pub(super) fn span(&self) -> Span {
        at(self.name.span())
    }

    /// The path to es-core, said to begin here. See [`beginning_at`].
    pub(super) fn es_core_at(&self, place: Span) -> TokenStream {
        beginning_at(&self.es_core, place)
    }

    /// `#[allow(deprecated)]`, where the block has to do with deprecated items.
    pub(super) fn allow_deprecated(&self) -> Option<TokenStream> {
        self.deprecation.then(|| quote_spanned!(self.span()=> #[allow(deprecated)]))
    }
}

impl Handler {
    /// Where what is generated for the handler is said to be.
    pub(super) fn span(&self) -> Span {
        at(self.method.span())
    }

    /// Where what is generated for the event is said to be.
    pub(super) fn event_span(&self) -> Span {
        at(self.event.span())
    }

    pub(super) fn plain_method(&self) -> String {
        self.method.unraw().to_string()
    }
}
