//! What an `#[aggregate]` block says, understood.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{LitInt, LitStr, Path, Type, Visibility};

use crate::cfg::Condition;
use crate::spans::{at, beginning_at};

/// An aggregate.
pub(super) struct Aggregate<'a> {
    pub(super) es_core: TokenStream,
    pub(super) self_type: &'a Type,
    /// The last part of the type's path.
    pub(super) name: &'a Ident,
    pub(super) stored_name: LitStr,
    pub(super) id: TokenStream,
    /// `None` where its command handlers ask for nothing.
    pub(super) services: Option<TokenStream>,
    pub(super) event_enum: Ident,
    pub(super) command_enum: Option<Ident>,
    pub(super) visibility: Visibility,
    pub(super) condition: Condition,
    /// Whether the block has to do with deprecated items.
    pub(super) deprecation: bool,
    pub(super) command_handlers: Vec<CommandHandler>,
    pub(super) event_handlers: Vec<EventHandler>,
    pub(super) upcasters: Vec<Upcaster>,
    /// Whether stored events of types that no event handler knows are skipped.
    pub(super) skips_unknown: bool,
    /// `None` where no snapshots are taken.
    pub(super) snapshot: Option<Snapshot>,
    /// Without errors. Else, what is generated can't be run: it only keeps other errors from following.
    pub(super) sound: bool,
}

/// How snapshots are taken.
pub(super) struct Snapshot {
    /// Where it is said.
    pub(super) span: Span,
    /// `None` where the default holds.
    pub(super) time: Option<SnapshotTime>,
    /// `None` where the state itself is kept.
    pub(super) memento: Option<TokenStream>,
    pub(super) version: Option<LitInt>,
    pub(super) keep: Option<LitInt>,
    pub(super) with_append: bool,
}

/// When a snapshot is taken.
pub(super) enum SnapshotTime {
    /// After so many events.
    Every(LitInt),
    /// When this function says so.
    Strategy(Path),
}

/// What the generated code for either kind of handler needs.
pub(super) struct Handler {
    pub(super) method: Ident,
    pub(super) condition: Condition,
    /// The type of the command or event, without `&`.
    pub(super) message: TokenStream,
    pub(super) by_reference: bool,
    /// The variant that holds the command or event.
    pub(super) variant: Ident,
}

/// A `#[command_handler]`.
pub(super) struct CommandHandler {
    pub(super) handler: Handler,
    pub(super) creates: bool,
    pub(super) is_async: bool,
    /// The types of the parameters after the command, without `&`.
    pub(super) further: Vec<Type>,
    pub(super) output: TokenStream,
}

/// An `#[event_handler]`.
pub(super) struct EventHandler {
    pub(super) handler: Handler,
    pub(super) effect: Effect,
    /// Where the context is asked for.
    pub(super) context: Option<Span>,
    pub(super) deletes: bool,
}

/// An `#[upcaster]`.
pub(super) struct Upcaster {
    pub(super) method: Ident,
    pub(super) condition: Condition,
    /// The stored name and the version that it reads.
    pub(super) event: LitStr,
    pub(super) from: LitInt,
    /// The stored names and versions that it leads to.
    pub(super) into: Vec<(LitStr, LitInt)>,
    /// The type of the JSON.
    pub(super) json: Type,
    /// Where the context is asked for.
    pub(super) context: Option<Span>,
}

impl Upcaster {
    /// Where what is generated for the upcaster is said to be.
    pub(super) fn span(&self) -> Span {
        at(self.method.span())
    }
}

/// What an event does to the state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Starts,
    Changes,
    MovesOn,
}

impl Aggregate<'_> {
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

    /// The enum of the events, said to be here.
    pub(super) fn event_enum_at(&self, place: Span) -> Ident {
        let mut event_enum = self.event_enum.clone();
        event_enum.set_span(place);
        event_enum
    }

    /// `#[allow(deprecated)]`, where the block has to do with deprecated items.
    pub(super) fn allow_deprecated(&self) -> Option<TokenStream> {
        self.deprecation.then(|| quote_spanned!(self.span()=> #[allow(deprecated)]))
    }

    /// Whether the fold begins with the default.
    pub(super) fn starts_from_default(&self) -> bool {
        self.event_handlers.iter().all(|handler| handler.effect != Effect::Starts)
    }
}

impl Handler {
    /// Where what is generated for the handler is said to be.
    pub(super) fn span(&self) -> Span {
        at(self.method.span())
    }

    /// Where what is generated for the command or event is said to be.
    pub(super) fn message_span(&self) -> Span {
        at(self.message.span())
    }

    /// The variant, said to be at the method.
    pub(super) fn variant_at_method(&self) -> Ident {
        let mut variant = self.variant.clone();
        variant.set_span(self.span());
        variant
    }

    pub(super) fn plain_method(&self) -> String {
        self.method.unraw().to_string()
    }
}
