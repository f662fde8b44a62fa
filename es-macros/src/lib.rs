//! The procedural macros of es-core.

use proc_macro::TokenStream;

mod aggregate;
mod aggregate_id;
mod arguments;
mod cfg;
mod command;
mod derive;
mod errors;
mod event;
#[cfg(test)]
mod fuzz;
mod marker;
mod messages;
mod names;
mod output;
mod rebuild;
mod spans;
mod types;

/// Makes a type an event-sourced aggregate.
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, item: TokenStream) -> TokenStream {
    aggregate::expand(arguments.into(), item.into()).finish()
}

/// Marks a command handler.
#[proc_macro_attribute]
pub fn command_handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    marker::expand("command_handler", arguments.into(), item.into()).finish()
}

/// Marks an event handler.
#[proc_macro_attribute]
pub fn event_handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    marker::expand("event_handler", arguments.into(), item.into()).finish()
}

/// Makes a type a command.
#[proc_macro_derive(Command, attributes(command))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    command::derive(input.into()).finish()
}

/// Makes a type an event.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).finish()
}

/// Makes a newtype an id.
#[proc_macro_derive(AggregateId, attributes(aggregate_id))]
pub fn derive_aggregate_id(input: TokenStream) -> TokenStream {
    aggregate_id::derive(input.into()).finish()
}
