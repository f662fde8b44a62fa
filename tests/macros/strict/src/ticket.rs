//! An aggregate with everything that an aggregate can have.

use core::future;

use es_core::prelude::*;
use thiserror::Error;

/// Opens a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Command)]
#[command(type = "ticket.open")]
pub struct Open {
    /// What it is about.
    pub about: String,
}

/// Closes a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Command)]
pub struct Close {
    /// Why.
    pub why: String,
}

/// A ticket was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[event(alias = "Created", version = 2)]
pub struct Opened {
    /// What it is about.
    pub about: String,
}

/// A ticket was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Event)]
#[event(type = "ticket.closed")]
pub struct Closed {
    /// Why.
    pub why: String,
}

/// The number of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, AggregateId)]
pub struct TicketId(String);

/// What the handlers ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// What stands in place of nothing.
    pub nothing: String,
}

/// The ticket isn't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ticket isn't open")]
pub struct NotOpen;

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ticket {
    /// It is open.
    Open {
        /// What it is about.
        about: String,
        /// Since when.
        since: Version,
    },
    /// It is closed.
    Closed,
}

#[aggregate(
    type = "strict.ticket",
    id = TicketId,
    services = Texts,
    events = TicketEvent,
    commands = TicketCommand,
    vis = pub,
)]
impl Ticket {
    /// Opens it.
    #[command_handler]
    fn open(command: Open, texts: &Texts) -> Opened {
        if command.about.is_empty() {
            return Opened { about: texts.nothing.clone() };
        }
        Opened { about: command.about }
    }

    /// Closes it.
    #[command_handler]
    async fn close(
        &self,
        command: Close,
        context: &CommandContext<Self>,
    ) -> Result<(Closed,), NotOpen> {
        future::ready(()).await;
        if context.version() == Version::NONE || *self == Self::Closed {
            return Err(NotOpen);
        }
        Ok((Closed { why: command.why },))
    }

    /// It was opened.
    #[event_handler]
    fn opened(event: Opened, context: &EventContext<'_>) -> Self {
        Self::Open { about: event.about, since: context.version() }
    }

    /// It was closed.
    #[event_handler]
    fn closed(self, _: &Closed) -> Self {
        drop(self);
        Self::Closed
    }
}
