//! What every `#[aggregate]` of the program made known of itself, and a catalogue of it for people and tools.

use std::any::{Any, TypeId};
use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use crate::evolution::{self, Fault, OlderVersion, Upcaster};
use crate::shape::Shape;
use crate::store::RawEvent;
use crate::{Aggregate, Command, DecodeError, Event, EventContext, Evolve, ReplayFailure};

/// An aggregate of this program.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct AggregateInfo {
    /// The stored name.
    pub entity_type: &'static str,
    /// The Rust type, with its module.
    pub rust_type: &'static str,
    /// Its commands, in the order of their handlers.
    pub commands: &'static [CommandInfo],
    /// Its events, in the order of their handlers.
    pub events: &'static [EventInfo],
    /// The steps on JSON from older versions of its events.
    pub upcasters: &'static [Upcaster],
}

impl AggregateInfo {
    /// Shows what a stored event of this aggregate means now: one event, several or none, each with its current name,
    /// version and JSON. Who reads events without the aggregate, as a subscriber does, sees them so.
    ///
    /// A stored type that the aggregate doesn't know is shown as it is, a pseudo event not at all.
    ///
    /// # Errors
    /// [`DecodeError`]; or what `show` returns.
    pub fn upcast(
        &self,
        raw: &RawEvent<'_>,
        show: &mut dyn FnMut(RawEvent<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        if evolution::is_pseudo(raw.event_type) {
            return Ok(());
        }
        evolution::upcast(self.events, self.upcasters, raw, &mut evolution::Texts(show))
    }

    /// The name that an event has now, by that one or an older one.
    pub fn current_name(&self, name: &str) -> Option<&'static str> {
        let event = self.events.iter().find(|event| event.is_named(name))?;
        Some(event.event_type)
    }

    /// Every name under which an event is stored that may mean this one now: its own, the older ones, and those of the
    /// events that upcasters make it of. To see all events of a type, read all of these.
    pub fn stored_names(&self, event_type: &str) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        let Some(event) = self.events.iter().find(|event| event.is_named(event_type)) else {
            return names;
        };
        names.push(event.event_type);
        names.extend(event.aliases);
        let mut next = 0;
        while let Some(target) = names.get(next).copied() {
            next += 1;
            for step in self.upcasters {
                let leads_here = (0..step.targets()).any(|number| step.target(number).0 == target);
                let source = self.events.iter().find(|event| event.is_named(step.event_type));
                let aliases = source.map_or(&[][..], |event| event.aliases);
                let own = source.map_or(step.event_type, |event| event.event_type);
                if leads_here {
                    let new = [own, step.event_type].into_iter().chain(aliases.iter().copied());
                    let new: Vec<_> = new.filter(|name| !names.contains(name)).collect();
                    names.extend(new);
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// A command of an aggregate.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CommandInfo {
    /// The name under which it is dispatched.
    pub command_type: &'static str,
    /// The method that handles it.
    pub handler: &'static str,
    /// Whether it creates the entity.
    pub creates: bool,
}

impl CommandInfo {
    /// A command that creates the entity.
    pub const fn creates<C: Command>(handler: &'static str) -> Self {
        CommandInfo { command_type: C::TYPE, handler, creates: true }
    }

    /// A command that updates the entity.
    pub const fn updates<C: Command>(handler: &'static str) -> Self {
        CommandInfo { command_type: C::TYPE, handler, creates: false }
    }
}

/// An event of an aggregate.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EventInfo {
    /// The stored name.
    pub event_type: &'static str,
    /// Older stored names.
    pub aliases: &'static [&'static str],
    /// The version of the shape of the JSON.
    pub schema_version: u32,
    /// The method that folds it into the state.
    pub handler: &'static str,
    /// Whether it deletes the entity.
    pub deletes: bool,
    /// The Rust type.
    #[serde(skip)]
    pub event: TypeId,
    #[serde(skip)]
    pub(crate) older: Option<&'static OlderVersion>,
    #[serde(skip)]
    pub(crate) shape: fn() -> Shape,
    #[serde(skip)]
    modernise: fn(u32, &[u8]) -> Result<Vec<u8>, DecodeError>,
    #[serde(skip)]
    fold: FoldTree,
}

/// Reads JSON of the current version and folds the event into a state, which is an `Option` of the aggregate.
type FoldTree = fn(&mut dyn Any, Value, &EventContext<'_>) -> Result<(), ReplayFailure>;

impl EventInfo {
    /// The event `E` of the aggregate `A`.
    pub const fn of<A: Evolve<E>, E: Event>(handler: &'static str) -> Self {
        EventInfo {
            event_type: E::TYPE,
            aliases: E::ALIASES,
            schema_version: E::VERSION,
            handler,
            deletes: false,
            event: TypeId::of::<E>(),
            older: evolution::older::<E>(),
            shape: E::shape,
            modernise: evolution::modernise::<E>,
            fold: fold_tree::<A, E>,
        }
    }

    /// The event, folded into the state by this method.
    #[must_use]
    pub const fn handled_by(self, handler: &'static str) -> Self {
        EventInfo { handler, ..self }
    }

    /// The event, which deletes the entity.
    #[must_use]
    pub const fn deleting(self) -> Self {
        EventInfo { deletes: true, ..self }
    }

    /// The shape of its JSON.
    pub fn shape(&self) -> Shape {
        (self.shape)()
    }

    /// The versions before the current one that are read by typed steps, newest first.
    pub fn older_versions(&self) -> impl Iterator<Item = &'static OlderVersion> {
        std::iter::successors(self.older, |version| version.older)
    }

    /// Whether this is its stored name, or an older one.
    pub const fn is_named(&self, name: &str) -> bool {
        crate::__private::same(self.event_type, name) || crate::__private::among(name, self.aliases)
    }

    /// Folds JSON of the current version into the state of the aggregate that it is an event of.
    pub(crate) fn fold<A: Aggregate>(
        &self,
        state: &mut Option<A>,
        json: Value,
        cx: &EventContext<'_>,
    ) -> Result<(), ReplayFailure> {
        (self.fold)(state, json, cx)
    }

    /// Brings JSON of an older version to the current one, by typed steps.
    pub(crate) fn modernise(&self, version: u32, json: &[u8]) -> Result<Vec<u8>, DecodeError> {
        (self.modernise)(version, json)
    }
}

fn fold_tree<A: Evolve<E>, E: Event>(
    state: &mut dyn Any,
    json: Value,
    cx: &EventContext<'_>,
) -> Result<(), ReplayFailure> {
    let event = E::read_tree(json).map_err(DecodeError::from)?;
    // An event that isn't among an aggregate's own isn't folded into its state.
    let Some(state) = state.downcast_mut::<Option<A>>() else {
        return Err(DecodeError::UnknownType.into());
    };
    A::evolve(state, event, cx)?;
    Ok(())
}

inventory::collect!(AggregateInfo);

/// Every aggregate that is linked into this program, by stored name.
pub fn aggregates() -> Vec<&'static AggregateInfo> {
    let mut aggregates: Vec<_> = inventory::iter::<AggregateInfo>().collect();
    aggregates.sort_by_key(|aggregate| (aggregate.entity_type, aggregate.rust_type));
    aggregates
}

/// Something that is wrong with the aggregates of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// Several aggregates have one stored name, so that each reads the other's streams, and subscribers see the events of
    /// one of them only.
    SameName {
        /// The stored name.
        entity_type: &'static str,
        /// The Rust types that have it.
        rust_types: Vec<&'static str>,
    },
    /// Something is wrong with the steps from older versions of events.
    Evolution {
        /// The stored name of the aggregate.
        entity_type: &'static str,
        /// The stored name of the event.
        event_type: &'static str,
        /// The version that a step is from; `None` where it is about the event.
        from: Option<u32>,
        /// What is wrong.
        fault: Fault,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Finding::SameName { entity_type, rust_types } => write!(
                f,
                "several aggregates have the stored name `{entity_type}`: {}: keep one of them, or give one another name \
                 by `#[aggregate(type = \"…\")]`",
                rust_types.join(", ")
            ),
            Finding::Evolution { entity_type, event_type, from, fault } => {
                write!(f, "`{event_type}` of {entity_type}")?;
                if let Some(version) = from {
                    write!(f, ", the step from version {version}")?;
                }
                write!(f, ": {}", fault.message())
            }
        }
    }
}

/// All that is wrong with the aggregates of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl std::fmt::Display for Findings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the aggregates of this program are not right:")?;
        self.0.iter().try_for_each(|finding| write!(f, "\n* {finding}"))
    }
}

impl std::error::Error for Findings {}

/// Checks every aggregate that is linked into this program: that no other one has its stored name, and the steps from older
/// versions of its events. Those of `#[aggregate]`s were checked when they were compiled; those that were written by hand
/// only here.
///
/// What runs subscribers does it when it starts. A program without them calls it at its own start. What is linked together is
/// one program, also the examples in a crate's docs: one that has to be by itself is marked as `standalone_crate`.
///
/// # Errors
/// All that is wrong.
pub fn check() -> Result<(), Findings> {
    let aggregates = aggregates();
    let of_names = aggregates.chunk_by(|one, other| one.entity_type == other.entity_type);
    let of_names = of_names.filter(|same| same.len() > 1).map(|same| Finding::SameName {
        entity_type: same[0].entity_type,
        rust_types: same.iter().map(|aggregate| aggregate.rust_type).collect(),
    });
    let of_steps = aggregates.iter().copied().flat_map(check_steps);
    let findings: Vec<_> = of_names.chain(of_steps).collect();
    if findings.is_empty() { Ok(()) } else { Err(Findings(findings)) }
}

fn check_steps(aggregate: &'static AggregateInfo) -> Vec<Finding> {
    let AggregateInfo { entity_type, events, upcasters, .. } = *aggregate;
    let of_events = events.iter().enumerate().filter_map(|(place, event)| {
        let fault = evolution::fault_of_event(events, upcasters, place)?;
        let event_type = event.event_type;
        Some(Finding::Evolution { entity_type, event_type, from: None, fault })
    });
    let mut room = vec![0; upcasters.len()];
    let of_steps = upcasters.iter().enumerate().filter_map(|(place, step)| {
        let fault = evolution::fault_of_step(events, upcasters, place, &mut room)?;
        let (event_type, from) = (step.event_type, Some(step.from));
        Some(Finding::Evolution { entity_type, event_type, from, fault })
    });
    of_events.chain(of_steps).collect()
}

/// The catalogue of this program as JSON: its aggregates with their commands and events.
pub fn catalogue_json() -> String {
    // Text, numbers and lists of them are always valid JSON.
    serde_json::to_string_pretty(&aggregates()).unwrap_or_default()
}

/// The catalogue of this program as a Mermaid flowchart: commands → aggregate → events.
pub fn catalogue_mermaid() -> String {
    let mut chart = String::from("flowchart LR\n");
    for (number, aggregate) in aggregates().into_iter().enumerate() {
        // Writing into a `String` doesn't fail.
        let _ = draw(&mut chart, number, aggregate);
    }
    chart
}

fn draw(chart: &mut String, number: usize, aggregate: &AggregateInfo) -> std::fmt::Result {
    writeln!(chart, "    a{number}[[\"{}\"]]", label(aggregate.entity_type))?;
    for (index, command) in aggregate.commands.iter().enumerate() {
        let arrow = if command.creates { "==>" } else { "-->" };
        writeln!(
            chart,
            "    a{number}c{index}(\"{}\") {arrow} a{number}",
            label(command.command_type)
        )?;
    }
    for (index, event) in aggregate.events.iter().enumerate() {
        writeln!(chart, "    a{number} --> a{number}e{index}>\"{}\"]", label(event.event_type))?;
    }
    Ok(())
}

/// A name as it can stand between quotes in a chart.
fn label(name: &str) -> String {
    name.replace('#', "#35;").replace('"', "#quot;")
}
