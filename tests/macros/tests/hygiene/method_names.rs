//! Handlers named as the methods and functions that generated code calls.

use es_core::prelude::*;
use es_core::testing::{given, given_nothing};

macro_rules! commands {
    ($($name:ident)*) => { $(
        #[derive(Clone, Deserialize, Command)]
        pub struct $name;
    )* };
}
commands!(C1 C2 C3 C4 C5 C6 C7 C8);

macro_rules! events {
    ($($name:ident)*) => { $(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
        pub struct $name;
    )* };
}
events!(E1 E2 E3 E4 E5 E6 E7 E8);

#[derive(Debug, PartialEq)]
pub struct Calls(Vec<&'static str>);

impl Calls {
    fn with(mut self, name: &'static str) -> Self {
        self.0.push(name);
        self
    }
}

#[aggregate(commands = CallsCommand)]
impl Calls {
    #[command_handler]
    fn create(_: C1) -> (E1, E2, E3, E4, E5, E6, E7, E8) {
        (E1, E2, E3, E4, E5, E6, E7, E8)
    }

    #[command_handler]
    fn handle(&self, _: C2) {}

    #[command_handler]
    fn pick(&self, _: &C3) {}

    #[command_handler]
    async fn route(&self, _: C4, _: &CommandContext<Self>) {}

    #[command_handler]
    fn into_events(&self, _: C5) {}

    #[command_handler]
    fn decide(_: C6) -> E1 {
        E1
    }

    #[command_handler]
    fn deref(&self, _: C7) {}

    #[command_handler]
    fn as_ref(&self, _: C8) {}

    #[event_handler]
    fn from(_: E1) -> Self {
        Calls(vec!["from"])
    }

    #[event_handler]
    fn evolve(&mut self, _: E2) {
        self.0.push("evolve");
    }

    #[event_handler]
    fn apply(&mut self, _: &E3) {
        self.0.push("apply");
    }

    #[event_handler]
    fn replay(self, _: E4) -> Self {
        self.with("replay")
    }

    #[event_handler]
    fn fold(self, _: &E5, _: &EventContext<'_>) -> Self {
        self.with("fold")
    }

    #[event_handler]
    fn started(&mut self, _: E6) {
        self.0.push("started");
    }

    #[event_handler]
    fn clone(&mut self, _: E7) {
        self.0.push("clone");
    }

    #[event_handler]
    fn default(&mut self, _: E8) {
        self.0.push("default");
    }
}

#[test]
fn a_handler_may_be_named_as_anything() {
    given_nothing::<Calls>().when(C1).then((E1, E2, E3, E4, E5, E6, E7, E8)).then_state(|calls| {
        assert_eq!(
            calls.0,
            ["from", "evolve", "apply", "replay", "fold", "started", "clone", "default"]
        );
    });
    given_nothing::<Calls>().when(C6).then(E1);
    given::<Calls>(E1).when(C2).then_nothing();
    given::<Calls>(E1).when(C3).then_nothing();
    given::<Calls>(E1).when(C4).then_nothing();
    given::<Calls>(E1).when(C5).then_nothing();
    given::<Calls>(E1).when(C7).then_nothing();
    given::<Calls>(E1).when(C8).then_nothing();
}

/// A state that dereferences to something with methods of the same names.
pub struct Wrapped {
    inner: Inner,
}

#[derive(Default)]
pub struct Inner {
    log: Vec<&'static str>,
}

impl Inner {
    fn mark(&mut self, _: &E2) {
        self.log.push("inner");
    }
}

impl std::ops::Deref for Wrapped {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl std::ops::DerefMut for Wrapped {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

#[aggregate]
impl Wrapped {
    #[command_handler]
    fn begin(_: C1) -> (E1, E2) {
        (E1, E2)
    }

    #[event_handler]
    fn begun(_: E1) -> Self {
        Wrapped { inner: Inner::default() }
    }

    #[event_handler]
    fn mark(&mut self, event: &E2) {
        self.inner.mark(event);
        self.inner.log.push("outer");
    }
}

#[test]
fn the_aggregates_own_methods_come_first() {
    given_nothing::<Wrapped>()
        .when(C1)
        .then((E1, E2))
        .then_state(|state| assert_eq!(state.log, ["inner", "outer"]));
}
