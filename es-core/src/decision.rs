use std::convert::Infallible;

use crate::{Aggregate, EventSet, Failure, RepositoryError, StoredEvent};

/// The events that a command leads to, in order.
pub struct Events<A: Aggregate> {
    events: Vec<A::Event>,
    /// Pseudo events, each with the number of events before it.
    pseudo: Vec<(usize, PseudoEvent)>,
}

/// An event that changes no state, on its way into the store.
pub(crate) type PseudoEvent = Box<dyn StoredEvent + Send + Sync>;

/// An event of a decision.
pub(crate) enum Decided<'e, A: Aggregate> {
    /// One that the aggregate folds.
    Event(&'e A::Event),
    /// One that it doesn't.
    Pseudo(&'e dyn StoredEvent),
}

impl<A: Aggregate> Decided<'_, A> {
    /// The event on its way into the store.
    pub(crate) fn stored(&self) -> &dyn StoredEvent {
        match self {
            Decided::Event(event) => event.stored(),
            Decided::Pseudo(event) => *event,
        }
    }
}

impl<A: Aggregate> Events<A> {
    pub(crate) fn new() -> Self {
        Events { events: Vec::new(), pseudo: Vec::new() }
    }

    /// Adds an event at the end.
    pub fn push(&mut self, event: impl Into<A::Event>) {
        self.events.push(event.into());
    }

    /// Adds a pseudo event at the end: one that is stored, and that nobody folds.
    pub fn push_pseudo(&mut self, event: impl StoredEvent + Send + Sync + 'static) {
        self.pseudo.push((self.events.len(), Box::new(event)));
    }

    /// How many there are, pseudo events with them.
    pub fn len(&self) -> usize {
        self.events.len() + self.pseudo.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events in order, without the pseudo events.
    pub fn iter(&self) -> std::slice::Iter<'_, A::Event> {
        self.events.iter()
    }

    /// Takes all events out.
    pub fn clear(&mut self) {
        self.events.clear();
        self.pseudo.clear();
    }

    /// All of them in order.
    pub(crate) fn decided(&self) -> Vec<Decided<'_, A>> {
        let mut decided: Vec<_> = Vec::with_capacity(self.len());
        let mut pseudo = self.pseudo.iter().peekable();
        for place in 0..=self.events.len() {
            while let Some((_, event)) = pseudo.next_if(|(before, _)| *before == place) {
                decided.push(Decided::Pseudo(&**event));
            }
            decided.extend(self.events.get(place).map(Decided::Event));
        }
        decided
    }
}

impl<A: Aggregate<Event: std::fmt::Debug>> std::fmt::Debug for Events<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.events).finish()
    }
}

impl<'a, A: Aggregate> IntoIterator for &'a Events<A> {
    type Item = &'a A::Event;
    type IntoIter = std::slice::Iter<'a, A::Event>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Events of an aggregate: one event, the aggregate's event enum, `()`, and tuples, `Vec`, `Option` and arrays of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event of `{A}`",
    label = "not an event of `{A}`",
    note = "an event is a type with `#[derive(Event)]` and an `#[event_handler]` in the `#[aggregate]` block",
    note = "several events: a tuple, `Vec`, `Option` or array of them; a `Result` goes around them all"
)]
pub trait IntoEvents<A: Aggregate> {
    /// Adds them to the end of `events`.
    fn into_events(self, events: &mut Events<A>);
}

/// What a command handler may return: [events](IntoEvents), or a `Result` of events and the handler's own error.
#[diagnostic::on_unimplemented(
    message = "a command handler of `{A}` can't return `{Self}`",
    label = "neither events of `{A}` nor a `Result` of them",
    note = "return an event, a tuple, `Vec`, `Option` or array of events, `()`, or `Result<any of these, Error>`",
    note = "a `Result` goes around them all: `Result<Vec<Event>, Error>`, not `Vec<Result<Event, Error>>`"
)]
pub trait Decision<A: Aggregate> {
    /// The handler's own error; [`Infallible`] where it has none.
    type Error: Send + 'static;

    /// What a save or update with this handler fails with: [`RepositoryError`] of the handler's own error, or
    /// [`Failure`] where the handler can't refuse.
    type Failure: From<Failure> + Send + 'static;

    /// Adds the events to the end of `events`.
    ///
    /// # Errors
    /// The handler's own.
    fn decide(self, events: &mut Events<A>) -> Result<(), Self::Error>;

    /// The handler's own error as the error of the save or update.
    fn rejected(error: Self::Error) -> Self::Failure;
}

impl<A: Aggregate, T: IntoEvents<A>, E: Send + 'static> Decision<A> for Result<T, E> {
    type Error = E;
    type Failure = RepositoryError<E>;

    fn decide(self, events: &mut Events<A>) -> Result<(), E> {
        self.map(|decided| decided.into_events(events))
    }

    fn rejected(error: E) -> RepositoryError<E> {
        RepositoryError::Rejected(error)
    }
}

/// The body of a [`Decision`] that can't refuse.
macro_rules! accepts {
    ($aggregate:ty) => {
        type Error = Infallible;
        type Failure = Failure;

        fn decide(self, events: &mut Events<$aggregate>) -> Result<(), Infallible> {
            self.into_events(events);
            Ok(())
        }

        fn rejected(error: Infallible) -> Failure {
            match error {}
        }
    };
}

impl<A: Aggregate> IntoEvents<A> for () {
    fn into_events(self, _: &mut Events<A>) {}
}

impl<A: Aggregate> Decision<A> for () {
    accepts!(A);
}

macro_rules! collections {
    ($([$($generics:tt)*] $collection:ty),* $(,)?) => { $(
        impl<A: Aggregate, T: IntoEvents<A>, $($generics)*> IntoEvents<A> for $collection {
            fn into_events(self, events: &mut Events<A>) {
                self.into_iter().for_each(|decided| decided.into_events(events));
            }
        }

        impl<A: Aggregate, T: IntoEvents<A>, $($generics)*> Decision<A> for $collection {
            accepts!(A);
        }
    )* };
}
collections!([] Vec<T>, [] Option<T>, [const N: usize] [T; N]);

macro_rules! tuples {
    ($(($($event:ident)*))*) => { $(
        impl<A: Aggregate, $($event: IntoEvents<A>),*> IntoEvents<A> for ($($event,)*) {
            #[allow(non_snake_case, reason = "the values are named as their types")]
            fn into_events(self, events: &mut Events<A>) {
                let ($($event,)*) = self;
                $($event.into_events(events);)*
            }
        }

        impl<A: Aggregate, $($event: IntoEvents<A>),*> Decision<A> for ($($event,)*) {
            accepts!(A);
        }
    )* };
}
tuples!((T1)(T1 T2)(T1 T2 T3)(T1 T2 T3 T4)(T1 T2 T3 T4 T5)(T1 T2 T3 T4 T5 T6)(T1 T2 T3 T4 T5 T6 T7)(T1 T2 T3 T4 T5 T6 T7 T8));
