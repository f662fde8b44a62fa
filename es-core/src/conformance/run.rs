use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_core::future::BoxFuture;
use tokio::runtime::Builder;

use super::Store;
use crate::EventStore;

/// No behaviour takes so long, on a store that doesn't hang.
const LIMIT: Duration = Duration::from_secs(120);

/// What a test gives a behaviour to try: a store, or a pair of a store and what has to outlive it.
pub trait Subject: Send {
    /// The store, and what has to outlive it.
    fn parts(self) -> (Store, Box<dyn Any + Send>);
}

impl<S: EventStore> Subject for S {
    fn parts(self) -> (Store, Box<dyn Any + Send>) {
        (Arc::new(self), Box::new(()))
    }
}

impl<S: EventStore, G: Any + Send> Subject for (S, G) {
    fn parts(self) -> (Store, Box<dyn Any + Send>) {
        (Arc::new(self.0), Box::new(self.1))
    }
}

/// A behaviour that every store has.
#[derive(Clone, Copy)]
pub struct Behaviour {
    group: &'static str,
    name: &'static str,
    check: fn(Store) -> BoxFuture<'static, ()>,
}

impl Behaviour {
    pub(super) const fn new(
        group: &'static str,
        name: &'static str,
        check: fn(Store) -> BoxFuture<'static, ()>,
    ) -> Self {
        Behaviour { group, name, check }
    }

    /// The module that it is in.
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// The name of its function.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Panics where the store, which is empty, behaves otherwise.
    pub fn check(&self, store: Store) -> BoxFuture<'static, ()> {
        (self.check)(store)
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.group, self.name)
    }
}

/// Runs a behaviour on a tokio runtime of its own with two threads, and panics where the store behaves otherwise or
/// takes longer than two minutes.
pub fn run<B, F>(behaviour: B, subject: impl Future<Output = impl Subject>)
where
    B: FnOnce(Store) -> F,
    F: Future<Output = ()>,
{
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be built").block_on(async {
        let (store, guard) = subject.await.parts();
        if tokio::time::timeout(LIMIT, behaviour(store)).await.is_err() {
            panic!("it takes longer than {LIMIT:?}: the store hangs");
        }
        drop(guard);
    });
}
