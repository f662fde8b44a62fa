//! Appends whose values are the parameters of their statements, one by one. Nothing is taken apart by the server then, which
//! is the fastest; but the text depends on the number of rows, and so it is only for appends of few events.
//!
//! Nothing is in their way, as a rule: so they aren't looked for, but inserted, and a key that is taken or a version that
//! isn't the expected one ends the attempt.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use es_core::Version;
use es_core::store::{Append, NewEvent};
use sqlx::error::BoxDynError;
use sqlx::mysql::MySqlArguments;
use sqlx::{Arguments as _, Encode, MySql, Type};
use uuid::Uuid;

use super::append::Server;
use super::round::PACKET_OVERHEAD;
use super::time;
use crate::prefix::TablePrefix;
use crate::statement::Statement;

/// The most events.
const MAX_EVENTS: usize = 100;

/// The most texts: each connection keeps those that it was told, and so does the server.
const MAX_TEXTS: usize = 60;

/// What an event takes beside its JSON and its metadata, with names and ids of usual length.
const EVENT_OVERHEAD: usize = 2 * 1024;

/// How many rows the statements have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    creates: usize,
    changes: usize,
    messages: usize,
    events: usize,
}

impl Shape {
    /// The shape of appends, if the server can store them so.
    fn of(server: Server<'_>, appends: &[&Append]) -> Option<Self> {
        let mut shape = Shape { creates: 0, changes: 0, messages: 0, events: 0 };
        let mut size = 0;
        for append in appends {
            let events = append.events().len();
            let metadata = append.metadata.as_ref().map_or(0, String::len);
            size += append.data().len() + events * (EVENT_OVERHEAD + metadata);
            shape.events += events;
            if events == 0 || shape.events > MAX_EVENTS {
                return None;
            }
            shape.messages += usize::from(append.message.is_some());
            match append.expected {
                Version::NONE => shape.creates += 1,
                _ => shape.changes += 1,
            }
        }
        // One statement changes all of them.
        let mut changes = changes(appends).map(|append| (append.events().len(), append.deletes));
        let alike = changes.next().is_none_or(|first| changes.all(|other| other == first));
        (shape.events > 0 && alike && server.blocks && size + PACKET_OVERHEAD <= server.max_packet)
            .then_some(shape)
    }

    /// Of one append it can be told what is in its way; a group has to be looked at then.
    fn is_single(self) -> bool {
        self.creates + self.changes == 1
    }
}

fn creates<'a>(appends: &[&'a Append]) -> impl Iterator<Item = &'a Append> {
    appends.iter().copied().filter(|append| append.expected == Version::NONE)
}

fn changes<'a>(appends: &[&'a Append]) -> impl Iterator<Item = &'a Append> {
    appends.iter().copied().filter(|append| append.expected != Version::NONE)
}

/// The statements of each shape.
pub(super) struct Direct {
    prefix: TablePrefix,
    texts: Mutex<HashMap<Shape, Statement>>,
}

impl Direct {
    pub(super) fn new(prefix: &TablePrefix) -> Self {
        Direct { prefix: prefix.clone(), texts: Mutex::default() }
    }

    /// What stores these appends, if the server can store them so. Of one append it returns what the blocks return; of
    /// several a row if none of them was stored.
    pub(super) fn statement(&self, server: Server<'_>, appends: &[&Append]) -> Option<Statement> {
        let shape = Shape::of(server, appends)?;
        // Nothing panics while it is held.
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if !texts.contains_key(&shape) && texts.len() < MAX_TEXTS {
            texts.insert(shape, Statement::new(&self.prefix, &text(shape)));
        }
        texts.get(&shape).cloned()
    }
}

fn text(shape: Shape) -> String {
    let Shape { creates, changes, messages, events } = shape;
    let row = |values: usize| format!("({})", vec!["?"; values].join(", "));
    let rows = |number: usize, values| vec![row(values); number].join(", ");
    let any = |number: usize, condition: &str| vec![condition; number].join(" OR ");
    let version = "entity_type = ? AND entity_id = ? AND entity_version = ?";
    let part = |template: &str, rows: String| template.trim_end().replace("{rows}", &rows);
    let mut steps = Vec::new();
    if creates > 0 {
        steps.push(part(include_str!("statements/direct/create.sql"), rows(creates, 5)));
    }
    if changes > 0 {
        steps.push(part(include_str!("statements/direct/change.sql"), any(changes, version)));
    }
    if messages > 0 {
        steps.push(part(include_str!("statements/direct/messages.sql"), rows(messages, 5)));
    }
    steps.push(part(include_str!("statements/direct/events.sql"), rows(events, 10)));
    steps.push(match events {
        1 => include_str!("statements/direct/queue_one.sql").trim_end().to_owned(),
        _ => include_str!("statements/direct/queue.sql")
            .trim_end()
            .replace("{events}", &events.to_string())
            .replace("{runs}", include_str!("statements/queue_runs.sql").trim_end()),
    });
    let refused = if shape.is_single() {
        include_str!("statements/direct/obstacles.sql")
    } else {
        include_str!("statements/direct/refused.sql")
    };
    include_str!("statements/direct/append.sql")
        .replace("{steps}", &steps.join("\n"))
        .replace("{refused}", refused.trim_end())
}

/// The values of appends.
#[derive(Default)]
struct Values {
    arguments: MySqlArguments,
    /// The first value that can't be encoded; none is known.
    failed: Option<BoxDynError>,
}

impl Values {
    fn add<'t>(&mut self, value: impl Encode<'t, MySql> + Type<MySql>) -> &mut Self {
        if let Err(error) = self.arguments.add(value) {
            self.failed = Some(error);
        }
        self
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.add(bytes)
    }

    fn entity(&mut self, append: &Append) -> &mut Self {
        self.bytes(append.entity_type.as_bytes()).bytes(append.entity_id.as_bytes())
    }

    fn message(&mut self, append: &Append) -> &mut Self {
        let message = append.message.as_ref();
        self.add(message.map(|message| message.consumer().as_bytes()))
            .add(message.map(|message| message.id().as_bytes()))
    }

    fn event(&mut self, append: &Append, event: &NewEvent, version: u64, time: &str) -> &mut Self {
        self.bytes(event.event_id.uuid().as_bytes())
            .bytes(event.event_type.as_bytes())
            .add(event.schema_version)
            .bytes(&append.data()[event.data.clone()])
            .entity(append)
            .add(version)
            .add(append.message.as_ref().map(|message| message.id().as_bytes()))
            .add(append.metadata.as_deref().map(str::as_bytes))
            .add(time)
    }
}

/// The values of appends, in the order of the statements of their shape.
pub(super) fn values(appends: &[&Append], writer: Uuid) -> Result<MySqlArguments, sqlx::Error> {
    let mut values = Values::default();
    for append in creates(appends) {
        let added = append.events().len() as u64;
        values.entity(append).add(added).add(append.deletes).bytes(writer.as_bytes());
    }
    if let Some(first) = changes(appends).next() {
        let added = first.events().len() as u64;
        values.add(added).add(first.deletes).bytes(writer.as_bytes());
        for append in changes(appends) {
            values.entity(append).add(expected(append));
        }
        values.add(changes(appends).count() as u64);
    }
    for append in appends.iter().filter(|append| append.message.is_some()) {
        values.entity(append).message(append).add(time::text(append.recorded_at));
    }
    for append in appends {
        let time = time::text(append.recorded_at);
        for (version, event) in (expected(append) + 1..).zip(append.events()) {
            values.event(append, event, version, &time);
        }
    }
    let events: usize = appends.iter().map(|append| append.events().len()).sum();
    if let Some(last) = appends.last().filter(|_| events > 1) {
        let version = expected(last) + last.events().len() as u64;
        values.entity(last).add(version).bytes(writer.as_bytes());
    }
    if let [append] = appends {
        let first = append.events().first().map(|event| event.event_id.uuid());
        let first = first.as_ref().map(|id| &id.as_bytes()[..]);
        values.entity(append).entity(append).message(append);
        values.entity(append).add(expected(append) + 1).add(first);
    }
    let Values { arguments, failed } = values;
    failed.map_or(Ok(arguments), |error| Err(sqlx::Error::Encode(error)))
}

fn expected(append: &Append) -> u64 {
    append.expected.get().min(i64::MAX.cast_unsigned())
}
