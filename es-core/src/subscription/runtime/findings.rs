use std::collections::BTreeSet;
use std::fmt;

use super::routes::{Routed, Routes};
use super::subscriptions::Subscribed;
use crate::store::{EventStore, Position};
use crate::subscription::{HandlerInfo, SubscriberInfo};
use crate::{evolution, registry};

/// The longest id of a subscriber, in bytes: its name has to fit into the store with what is added to it.
pub(super) const MAX_ID_BYTES: usize = 80;

/// What tells the name of a rebuild from ids of subscribers.
pub(super) const REBUILD: char = '~';

/// Something that keeps subscribers from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartFinding {
    /// Two subscribers have one id, so that each would believe the other's progress to be its own.
    SameId {
        /// The id.
        subscriber: &'static str,
        /// The Rust types that have it, where they are known.
        rust_types: Vec<&'static str>,
    },
    /// The id can't be stored.
    Id {
        /// The id.
        subscriber: &'static str,
    },
    /// No aggregate that is linked into the program has the event of a handler, so that it would never be called.
    UnknownEvent {
        /// The subscriber.
        subscriber: &'static str,
        /// The handler.
        handler: &'static str,
        /// The stored name of its event.
        event_type: &'static str,
    },
    /// A handler is of a pseudo event, which no subscriber sees.
    PseudoEvent {
        /// The subscriber.
        subscriber: &'static str,
        /// The handler.
        handler: &'static str,
        /// The stored name of its event.
        event_type: &'static str,
    },
    /// Several handlers are of one event, by its name and older ones, so that only one would be called.
    SameEvent {
        /// The subscriber.
        subscriber: &'static str,
        /// The handlers.
        handlers: Vec<&'static str>,
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The stored name of the event.
        event_type: &'static str,
    },
    /// The stored name of a handler's event is an older one of several events, which may mean different things.
    SeveralEvents {
        /// The subscriber.
        subscriber: &'static str,
        /// The handler.
        handler: &'static str,
        /// The stored name of its event.
        event_type: &'static str,
        /// The stored names of the aggregates, and those that their events have now.
        events: Vec<(&'static str, &'static str)>,
    },
    /// A handler takes an older version of an event, under an older name of it.
    OlderVersion {
        /// The subscriber.
        subscriber: &'static str,
        /// The handler.
        handler: &'static str,
        /// The stored name of its event.
        event_type: &'static str,
        /// The version that it takes.
        version: u32,
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The stored name that the event has now.
        current_type: &'static str,
        /// The version that the event has now.
        current_version: u32,
    },
    /// It runs in the append's transaction, so nothing else should run it.
    Inline {
        /// The subscriber.
        subscriber: &'static str,
    },
    /// The store can't do what the subscriber needs.
    Unsupported {
        /// The subscriber.
        subscriber: &'static str,
        /// What the store lacks.
        what: &'static str,
    },
    /// The subscriber was started with another number of partitions before.
    Partitions {
        /// The subscriber.
        subscriber: &'static str,
        /// The number of partitions that are stored.
        stored: u32,
        /// The number of partitions in its options.
        asked: u32,
    },
    /// It is to start after an event that there isn't yet, so that later ones would be passed over.
    Start {
        /// The subscriber.
        subscriber: &'static str,
        /// The position after which it is to start.
        after: Position,
        /// That of the newest event.
        end: Position,
    },
    /// Something is wrong with the aggregates of the program.
    Registry(registry::Finding),
}

impl fmt::Display for StartFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartFinding::SameId { subscriber, rust_types } if rust_types.is_empty() => {
                write!(f, "`{subscriber}` is subscribed twice")
            }
            StartFinding::SameId { subscriber, rust_types } => {
                write!(
                    f,
                    "several subscribers have the id `{subscriber}`: {}",
                    rust_types.join(", ")
                )
            }
            StartFinding::Id { subscriber } if subscriber.contains(REBUILD) => {
                write!(
                    f,
                    "the id `{subscriber}` has a `{REBUILD}`, which only the name of a rebuild has"
                )
            }
            StartFinding::Id { subscriber } => {
                write!(f, "the id `{subscriber}` doesn't have 1 to {MAX_ID_BYTES} bytes")
            }
            StartFinding::UnknownEvent { subscriber, handler, event_type } => write!(
                f,
                "`{subscriber}`: no aggregate of this program has the event `{event_type}` of the handler `{handler}`: \
                 add an `#[event_handler]` for it to the aggregate, take the event that its upcaster makes of it, or link the crate \
                 that has the aggregate"
            ),
            StartFinding::PseudoEvent { subscriber, handler, event_type } => write!(
                f,
                "`{subscriber}`: the handler `{handler}` is of the pseudo event `{event_type}`, which no subscriber sees: leave \
                 the handler out, or leave `pseudo` out of the event's `#[event(…)]` and add an `#[event_handler]` for it to \
                 the aggregate"
            ),
            StartFinding::SameEvent { subscriber, handlers, entity_type, event_type } => write!(
                f,
                "`{subscriber}`: the handlers `{}` are of one event, `{event_type}` of {entity_type}, by several of its names: \
                 keep one of them",
                handlers.join("`, `")
            ),
            StartFinding::SeveralEvents { subscriber, handler, event_type, events } => {
                write!(
                    f,
                    "`{subscriber}`: `{event_type}` of the handler `{handler}` is an older name of several events: "
                )?;
                for (entity_type, event_type) in events {
                    write!(f, "`{event_type}` of {entity_type}, ")?;
                }
                f.write_str("so take these themselves")
            }
            StartFinding::OlderVersion {
                subscriber,
                handler,
                event_type,
                version,
                entity_type,
                current_type,
                current_version,
            } => write!(
                f,
                "`{subscriber}`: the handler `{handler}` takes version {version} of `{event_type}`, which is version \
                 {current_version} of `{current_type}` of {entity_type} now: take that event, or give the handler's own the \
                 fields that it has now, and `#[event(version = {current_version})]`"
            ),
            StartFinding::Inline { subscriber } => write!(
                f,
                "`{subscriber}` is `inline`: give it to an `InlineStore`, or remove `inline` from its attribute"
            ),
            StartFinding::Unsupported { subscriber, what } => {
                write!(f, "`{subscriber}` needs {what}, and this store has none")
            }
            StartFinding::Partitions { subscriber, stored, asked } => write!(
                f,
                "`{subscriber}` was first started with {stored} partitions, not {asked}: write `partitions = {stored}`, \
                 or rebuild it under another id"
            ),
            StartFinding::Start { subscriber, after, end } => write!(
                f,
                "`{subscriber}` is to start after position {after}, and the newest event is at {end}: later ones would be passed \
                 over; `Start::End` leaves out what is stored"
            ),
            StartFinding::Registry(finding) => finding.fmt(f),
        }
    }
}

/// All that keeps subscribers from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartFindings(Vec<StartFinding>);

impl StartFindings {
    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, StartFinding> {
        self.0.iter()
    }

    pub(super) fn of(finding: StartFinding) -> Self {
        StartFindings(vec![finding])
    }

    pub(super) fn none(found: Vec<StartFinding>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(StartFindings(found)) }
    }
}

impl fmt::Display for StartFindings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the subscribers can't be run:")?;
        self.0.iter().try_for_each(|finding| write!(f, "\n* {finding}"))
    }
}

impl std::error::Error for StartFindings {}

/// All that can be found without asking the store for anything.
pub(super) fn of(subscribers: &[Subscribed], store: &dyn EventStore) -> Vec<StartFinding> {
    let mut found = Vec::new();
    let mut ids = BTreeSet::new();
    for subscribed in subscribers {
        if !ids.insert(subscribed.id) {
            found.push(StartFinding::SameId { subscriber: subscribed.id, rust_types: Vec::new() });
            continue;
        }
        of_one(subscribed, store, &mut found);
    }
    of_registry(&mut found);
    found
}

/// What is wrong with the aggregates of the program.
pub(super) fn of_registry(found: &mut Vec<StartFinding>) {
    if let Err(findings) = registry::check() {
        found.extend(findings.iter().cloned().map(StartFinding::Registry));
    }
}

pub(super) fn of_one(
    subscribed: &Subscribed,
    store: &dyn EventStore,
    found: &mut Vec<StartFinding>,
) {
    let subscriber = subscribed.id;
    of_names(subscriber, subscribed.handlers, &subscribed.routes, found);
    if inventory::iter::<SubscriberInfo>().any(|info| info.id == subscriber && info.inline) {
        found.push(StartFinding::Inline { subscriber });
    }
    let capabilities = store.capabilities();
    let transactional = subscribed.handlers.iter().any(|handler| handler.takes_transaction);
    let lacks = [
        (!capabilities.feed, "a feed"),
        (!subscribed.options.transient && store.subscriptions().is_none(), "stored progress"),
        (transactional && !capabilities.transactions, "transactions"),
    ];
    let lacks = lacks.into_iter().filter(|(lacks, _)| *lacks);
    found.extend(lacks.map(|(_, what)| StartFinding::Unsupported { subscriber, what }));
}

/// What is wrong with the names of a subscriber and of its events.
pub(super) fn of_names(
    subscriber: &'static str,
    handlers: &[HandlerInfo],
    routes: &Routes,
    found: &mut Vec<StartFinding>,
) {
    let fits = (1..=MAX_ID_BYTES).contains(&subscriber.len());
    if !fits || subscriber.contains(REBUILD) {
        found.push(StartFinding::Id { subscriber });
    }
    let linked = inventory::iter::<SubscriberInfo>().filter(|info| info.id == subscriber);
    let rust_types: BTreeSet<_> = linked.map(|info| info.rust_type).collect();
    if rust_types.len() > 1 {
        let rust_types = rust_types.into_iter().collect();
        found.push(StartFinding::SameId { subscriber, rust_types });
    }
    of_events(subscriber, handlers, routes, found);
}

/// What is wrong with the events of its handlers.
fn of_events(
    subscriber: &'static str,
    handlers: &[HandlerInfo],
    routes: &Routes,
    found: &mut Vec<StartFinding>,
) {
    let deaf = handlers.iter().filter(|handler| !routes.leads_to(handler));
    found.extend(deaf.map(|&HandlerInfo { handler, event_type, .. }| {
        if evolution::is_pseudo(event_type) {
            StartFinding::PseudoEvent { subscriber, handler, event_type }
        } else {
            StartFinding::UnknownEvent { subscriber, handler, event_type }
        }
    }));
    let shared = routes.events().filter(|routed| routed.handlers.len() > 1);
    found.extend(shared.map(|Routed { entity_type, event, handlers }| StartFinding::SameEvent {
        subscriber,
        handlers: handlers.iter().map(|handler| handler.handler).collect(),
        entity_type,
        event_type: event.event_type,
    }));
    found.extend(handlers.iter().filter_map(|handler| of_older_name(subscriber, handler, routes)));
}

/// What is wrong with a handler that knows its event by an older name.
fn of_older_name(
    subscriber: &'static str,
    info: &HandlerInfo,
    routes: &Routes,
) -> Option<StartFinding> {
    let HandlerInfo { number, handler, event_type, schema_version: version, .. } = *info;
    let is_own = |routed: &Routed<'_>| routed.handlers.iter().any(|own| own.number == number);
    let events: Vec<_> = routes.events().filter(is_own).collect();
    let Routed { entity_type, event, .. } = events.first()?;
    if events.iter().any(|other| other.event.event != event.event) {
        let events = events.iter().map(|other| (other.entity_type, other.event.event_type));
        let events = events.collect();
        return Some(StartFinding::SeveralEvents { subscriber, handler, event_type, events });
    }
    (version != event.schema_version).then_some(StartFinding::OlderVersion {
        subscriber,
        handler,
        event_type,
        version,
        entity_type,
        current_type: event.event_type,
        current_version: event.schema_version,
    })
}
