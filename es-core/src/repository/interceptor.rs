use std::any::Any;
use std::sync::Arc;

use crate::{Aggregate, CommandContext, Events, Metadata};

/// Sees every decision before it is stored, and may add to it.
///
/// ```
/// use es_core::Aggregate;
/// use es_core::repository::{Interception, Interceptor};
///
/// /// Notes the program's version with every change.
/// struct Release;
///
/// impl<A: Aggregate> Interceptor<A> for Release {
///     fn accepted(&self, decision: &mut Interception<'_, A>) {
///         decision.metadata.insert("release", env!("CARGO_PKG_VERSION"));
///     }
/// }
/// ```
pub trait Interceptor<A: Aggregate>: Send + Sync + 'static {
    /// A handler took a command. Events and metadata may be added.
    fn accepted(&self, decision: &mut Interception<'_, A>) {
        let _ = decision;
    }

    /// A handler refused a command with its own error, here as [`Any`]. The interceptor may put events in its place
    /// and return [`Recovery::Accept`]; then the command counts as taken.
    fn rejected(&self, error: &(dyn Any + Send), decision: &mut Interception<'_, A>) -> Recovery {
        let _ = (error, decision);
        Recovery::Reject
    }
}

/// A decision that isn't stored yet.
pub struct Interception<'a, A: Aggregate> {
    /// The state that it was made on; `None` where the command creates the entity.
    pub state: Option<&'a A>,
    /// What the handler could ask for.
    pub context: &'a CommandContext<A>,
    /// The events decided so far. After a rejection there are none.
    pub events: &'a mut Events<A>,
    /// The metadata that all events get.
    pub metadata: &'a mut Metadata,
}

/// What becomes of a command that its handler refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// It stays refused: the caller gets the handler's error, and nothing is written.
    Reject,
    /// It counts as taken, with the events that the interceptor gave.
    Accept,
}

/// Interceptors in the order in which they were added.
pub(super) struct Interceptors<A: Aggregate>(Vec<Arc<dyn Interceptor<A>>>);

impl<A: Aggregate> Interceptors<A> {
    pub(super) fn add(&mut self, interceptor: impl Interceptor<A>) {
        self.0.push(Arc::new(interceptor));
    }

    pub(super) fn accepted(&self, decision: &mut Interception<'_, A>) {
        for interceptor in &self.0 {
            interceptor.accepted(decision);
        }
    }

    /// Asks them in turn, until one accepts.
    pub(super) fn rejected(
        &self,
        error: &(dyn Any + Send),
        decision: &mut Interception<'_, A>,
    ) -> Recovery {
        for interceptor in &self.0 {
            let metadata = decision.metadata.clone();
            if interceptor.rejected(error, decision) == Recovery::Accept {
                return Recovery::Accept;
            }
            decision.events.clear();
            *decision.metadata = metadata;
        }
        Recovery::Reject
    }
}

impl<A: Aggregate> Default for Interceptors<A> {
    fn default() -> Self {
        Interceptors(Vec::new())
    }
}

impl<A: Aggregate> Clone for Interceptors<A> {
    fn clone(&self) -> Self {
        Interceptors(self.0.clone())
    }
}
