//! What every `#[aggregate]` of the program made known of itself, and a catalogue of it for people and tools.

use std::fmt::Write;

use serde::Serialize;

use crate::{Command, Event};

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
}

impl EventInfo {
    /// The event `E`.
    pub const fn of<E: Event>(handler: &'static str) -> Self {
        EventInfo { event_type: E::TYPE, aliases: E::ALIASES, schema_version: E::VERSION, handler }
    }
}

inventory::collect!(AggregateInfo);

/// Every aggregate that is linked into this program, by stored name.
pub fn aggregates() -> Vec<&'static AggregateInfo> {
    let mut aggregates: Vec<_> = inventory::iter::<AggregateInfo>().collect();
    aggregates.sort_by_key(|aggregate| (aggregate.entity_type, aggregate.rust_type));
    aggregates
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
