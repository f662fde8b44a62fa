//! What a flawed store keeps.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use es_core::store::{
    Append, AppendError, Appended, NewSnapshot, Position, RawEvent, RawSnapshot, StreamHead,
    StreamQuery, Visitor,
};
use es_core::{EventId, MessageKey, Timestamp, Version};

use crate::flaw::Flaw;
use crate::store::visit_all;

#[derive(Clone, Default)]
pub(crate) struct State {
    streams: BTreeMap<(String, String), Stream>,
    messages: HashSet<(String, String)>,
    /// The last position that was given.
    pub(crate) events: u64,
    /// By position: the stream, and the event's version in it.
    pub(crate) log: BTreeMap<u64, ((String, String), u64)>,
}

#[derive(Clone, Default)]
pub(crate) struct Stream {
    events: Vec<Event>,
    deleted: bool,
    messages: HashSet<(String, String)>,
    snapshots: Vec<NewSnapshot>,
}

#[derive(Clone)]
pub(crate) struct Event {
    version: u64,
    event_id: EventId,
    event_type: String,
    schema_version: u32,
    data: String,
    metadata: Option<String>,
    triggering_event: Option<String>,
    recorded_at: Timestamp,
}

impl State {
    pub(crate) fn append(
        &mut self,
        append: Append,
        flaw: Option<Flaw>,
    ) -> Result<Appended, AppendError> {
        let position = self.events + 1;
        let appended = self.append_at(position, append, flaw)?;
        self.events = self.events.max(self.log.last_key_value().map_or(0, |(last, _)| *last));
        Ok(appended)
    }

    /// Appends events whose first one has this position.
    pub(crate) fn append_at(
        &mut self,
        position: u64,
        append: Append,
        flaw: Option<Flaw>,
    ) -> Result<Appended, AppendError> {
        let has = |one| flaw == Some(one);
        let key = key(append.entity_type, &append.entity_id, flaw);
        let message = append.message.as_ref().map(|message| message_key(message, flaw));
        let mut stream = self.streams.get(&key).cloned().unwrap_or_default();
        let outcome = stream.check(&append, message.as_ref(), &self.messages, flaw);
        if has(Flaw::RemembersRefusedMessages)
            && outcome.is_err()
            && let Some(message) = &message
        {
            stream.messages.insert(message.clone());
            self.streams.insert(key.clone(), stream.clone());
        }
        outcome?;
        if has(Flaw::StoresNothing) {
            return Ok(Appended::new(append.version()).at(Some(Position::new(1))));
        }

        let forgets = has(Flaw::ForgetsMessages)
            || has(Flaw::ForgetsMessagesWithoutEvents) && append.events().is_empty();
        if let Some(message) = message.filter(|_| !forgets) {
            stream.messages.insert(message.clone());
            self.messages.insert(message);
        }
        stream.deleted = append.deletes && !has(Flaw::ForgetsDeletions);
        let kept = if has(Flaw::StoresAHundredEvents) { 100 } else { usize::MAX };
        let before = stream.events.len() as u64;
        stream.add(&append, kept, flaw);
        let version = stream.events.len() as u64;
        self.log.extend((position..).zip((before + 1..=version).map(|n| (key.clone(), n))));
        let version = Version::new(version);
        self.streams.insert(key, stream);
        let position = Some(Position::new(position + append.events().len() as u64 - 1));
        Ok(Appended::new(version).at(position.filter(|_| !has(Flaw::TellsNoPositions))))
    }

    pub(crate) fn event(&self, (key, version): &((String, String), u64)) -> Option<&Event> {
        self.streams.get(key)?.events.get(usize::try_from(*version).ok()?.checked_sub(1)?)
    }

    pub(crate) fn keep_snapshot(&mut self, snapshot: NewSnapshot, flaw: Option<Flaw>) {
        let has = |one| flaw == Some(one);
        let key = key(snapshot.entity_type, &snapshot.entity_id, flaw);
        let snapshots = &mut self.streams.entry(key).or_default().snapshots;
        let (version, keep) = (snapshot.version, snapshot.keep as usize);
        let shape = snapshot.shape.clone();
        let same = |other: &NewSnapshot| other.version == version && other.shape == shape;
        if has(Flaw::KeepsTheFirstSnapshot) && snapshots.iter().any(same) {
            return;
        }
        let data = text(&String::from_utf8_lossy(&snapshot.data), flaw).as_bytes().to_vec();
        snapshots.retain(|other| !same(other));
        snapshots.push(NewSnapshot { data, ..snapshot });
        snapshots.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.version));
        let mut of_this_shape = snapshots.iter().filter(|other| other.shape == shape);
        if let Some(oldest) = of_this_shape.nth(keep).map(|oldest| oldest.version)
            && !has(Flaw::KeepsAllSnapshots)
        {
            snapshots.retain(|other| other.version > oldest);
        }
    }

    /// The newest snapshot that a query asks for.
    pub(crate) fn snapshot(
        &self,
        query: &StreamQuery<'_>,
        flaw: Option<Flaw>,
    ) -> Option<&NewSnapshot> {
        let has = |one| flaw == Some(one);
        let shape = match flaw {
            Some(Flaw::ShowsSnapshotsUnasked) => query.snapshot?,
            _ => query.wanted_snapshot()?,
        };
        let stream = self.streams.get(&key(query.entity_type, query.entity_id, flaw))?;
        let in_range = |version: Version| {
            version > query.after && query.until.is_none_or(|until| version <= until)
        };
        let is_of_stream = |snapshot: &NewSnapshot| {
            let mut events = stream.events.iter();
            events.any(|event| {
                snapshot.version == event.version && event.event_id == snapshot.event_id
            })
        };
        stream.snapshots.iter().find(|snapshot| {
            (has(Flaw::IgnoresShapes) || *snapshot.shape == *shape)
                && (has(Flaw::IgnoresRangesOfSnapshots) || in_range(snapshot.version))
                && (has(Flaw::BelievesAnySnapshot) || is_of_stream(snapshot))
        })
    }

    pub(crate) fn create(&mut self, query: &StreamQuery<'_>) {
        self.streams.entry(key(query.entity_type, query.entity_id, None)).or_default();
    }

    /// The streams, each as a state of its own.
    pub(crate) fn streams(&self) -> impl Iterator<Item = State> {
        self.streams.iter().map(|(key, stream)| State {
            streams: BTreeMap::from([(key.clone(), stream.clone())]),
            ..State::default()
        })
    }

    /// Takes over the streams of another state.
    pub(crate) fn take(&mut self, other: State) {
        self.streams.extend(other.streams);
        self.log.extend(other.log);
    }

    pub(crate) fn show(
        &self,
        query: StreamQuery<'_>,
        snapshot: Option<&NewSnapshot>,
        flaw: Option<Flaw>,
        visit: &mut Visitor<'_>,
    ) -> StreamHead {
        let has = |one| flaw == Some(one);
        let Some(stream) = self.streams.get(&key(query.entity_type, query.entity_id, flaw)) else {
            return StreamHead::NONE;
        };
        let mut events: Vec<&Event> = stream.events.iter().collect();
        if has(Flaw::ReadsLate) {
            events.pop();
        }
        let mut version = events.len() as u64;
        let until = query.until.map_or(u64::MAX, Version::get);
        let after = match snapshot {
            Some(snapshot) if !has(Flaw::ShowsEventsAgain) => snapshot.version,
            _ => query.after,
        };
        events.retain(|event| event.version > after.get() && event.version <= until);
        if has(Flaw::SortsByTime) {
            events.sort_by_key(|event| event.recorded_at);
        }
        if has(Flaw::SkipsAfterAPage) {
            events.retain(|event| event.version != 257);
        }
        if let Some(limit) = query.limit
            && !has(Flaw::IgnoresLimits)
        {
            events.truncate(limit as usize);
        }
        if has(Flaw::TakesThePartForTheWhole) {
            version = events.last().map_or(0, |event| event.version);
        }
        if let Some(NewSnapshot { version, data, .. }) = snapshot {
            visit.snapshot(RawSnapshot { version: *version, data });
        }
        let entity_id = text(query.entity_id, flaw);
        let raw = events.into_iter().map(|event| {
            let mut raw = event.raw(&query, &entity_id);
            if has(Flaw::BaresTooMuch) && query.bare {
                raw.schema_version = 1;
            }
            if has(Flaw::MakesIdsUp) {
                raw.event_id = EventId::new();
            }
            raw
        });
        visit_all(raw, flaw, visit);
        let asked = query.message.map(|message| message_key(message, flaw));
        StreamHead {
            version: Version::new(version),
            deleted: stream.deleted,
            processed: has(Flaw::KnowsEveryMessage)
                || asked.is_some_and(|message| stream.messages.contains(&message)),
            has_other_snapshot: !has(Flaw::HidesOtherSnapshots)
                && query.wanted_snapshot().is_some_and(|shape| {
                    stream.snapshots.iter().any(|snapshot| *snapshot.shape != *shape)
                }),
        }
    }

    pub(crate) fn entities(
        &self,
        entity_type: &str,
        after: Option<&str>,
        limit: usize,
        flaw: Option<Flaw>,
    ) -> Vec<String> {
        let entity_type = key(entity_type, "", flaw).0;
        let mut ids: Vec<&str> = self
            .streams
            .iter()
            .filter(|((of, _), stream)| {
                *of == entity_type
                    && (!stream.events.is_empty() || flaw == Some(Flaw::CreatesByReading))
                    && !stream.deleted
            })
            .map(|((_, id), _)| id.as_str())
            .filter(|id| match after {
                Some(after) if flaw == Some(Flaw::ListsTheIdBefore) => *id >= after,
                Some(after) => *id > after,
                None => true,
            })
            .collect();
        if flaw == Some(Flaw::ListsByLetters) {
            ids.sort_by_key(|id| id.to_lowercase());
        }
        ids.into_iter().take(limit).map(str::to_owned).collect()
    }
}

impl Stream {
    fn check(
        &self,
        append: &Append,
        message: Option<&(String, String)>,
        all_messages: &HashSet<(String, String)>,
        flaw: Option<Flaw>,
    ) -> Result<(), AppendError> {
        let has = |one| flaw == Some(one);
        let actual = Version::new(self.events.len() as u64);
        let messages = if has(Flaw::SharesMessages) { all_messages } else { &self.messages };
        let duplicate = || match message {
            Some(message) if messages.contains(message) => Err(AppendError::Duplicate),
            _ => Ok(()),
        };
        let deleted = || if self.deleted { Err(AppendError::Deleted) } else { Ok(()) };
        let version = || match append.expected {
            _ if has(Flaw::IgnoresVersions) => Ok(()),
            _ if has(Flaw::IgnoresVersionsWithoutEvents) && append.events().is_empty() => Ok(()),
            expected if expected == actual => Ok(()),
            Version::NONE => Err(AppendError::AlreadyExists { actual }),
            expected => Err(AppendError::Conflict { expected, actual }),
        };
        if has(Flaw::ComparesVersionsFirst) {
            version()?;
        }
        if has(Flaw::LooksForDeletionFirst) {
            deleted()?;
        }
        duplicate()?;
        deleted()?;
        version()
    }

    fn add(&mut self, append: &Append, kept: usize, flaw: Option<Flaw>) {
        let has = |one| flaw == Some(one);
        for event in append.events().iter().take(kept) {
            let data = String::from_utf8_lossy(&append.data()[event.data.clone()]);
            let milliseconds = Timestamp::from_millisecond(append.recorded_at.as_millisecond());
            self.events.push(Event {
                version: self.events.len() as u64 + 1,
                event_id: event.event_id,
                event_type: text(event.event_type, flaw).into_owned(),
                schema_version: if has(Flaw::LosesSchemaVersions) {
                    1
                } else {
                    event.schema_version
                },
                data: text(&data, flaw).into_owned(),
                metadata: append
                    .metadata
                    .as_deref()
                    .filter(|_| !has(Flaw::LosesMetadata))
                    .map(|metadata| text(metadata, flaw).into_owned()),
                triggering_event: append
                    .message
                    .as_ref()
                    .map(|message| text(message.id(), flaw).into_owned()),
                recorded_at: match milliseconds {
                    Ok(time) if has(Flaw::KeepsMilliseconds) => time,
                    _ => append.recorded_at,
                },
            });
        }
    }
}

impl Event {
    pub(crate) fn raw<'e>(&'e self, query: &StreamQuery<'e>, entity_id: &'e str) -> RawEvent<'e> {
        RawEvent {
            entity_type: query.entity_type,
            entity_id,
            version: Version::new(self.version),
            event_id: self.event_id,
            event_type: &self.event_type,
            schema_version: self.schema_version,
            data: self.data.as_bytes(),
            metadata: self.metadata.as_deref(),
            triggering_event: self.triggering_event.as_deref(),
            recorded_at: self.recorded_at,
        }
    }
}

fn key(entity_type: &str, entity_id: &str, flaw: Option<Flaw>) -> (String, String) {
    let entity_type = if flaw == Some(Flaw::IgnoresTypes) { "" } else { entity_type };
    (text(entity_type, flaw).into_owned(), id(entity_id, flaw))
}

fn message_key(message: &MessageKey, flaw: Option<Flaw>) -> (String, String) {
    let (consumer, message) = (message.consumer(), id(message.id(), flaw));
    match flaw {
        Some(Flaw::ForgetsConsumers) => (String::new(), message),
        Some(Flaw::JoinsConsumers) => (String::new(), format!("{consumer}{message}")),
        _ => (consumer.to_owned(), message),
    }
}

fn id(id: &str, flaw: Option<Flaw>) -> String {
    let id = text(id, flaw);
    match flaw {
        Some(Flaw::ComparesLoosely) => id.trim().to_lowercase(),
        Some(Flaw::CutsIds) => id.chars().take(254).collect(),
        _ => id.into_owned(),
    }
}

/// A text as it is kept.
fn text(text: &str, flaw: Option<Flaw>) -> Cow<'_, str> {
    match flaw {
        Some(Flaw::CutsTexts) if text.len() > 1 << 16 => text.chars().take(1 << 14).collect(),
        Some(Flaw::EatsBackslashes) => text.replace('\\', "").into(),
        Some(Flaw::KeepsAscii) => text.replace(|char: char| !char.is_ascii(), "?").into(),
        _ => text.into(),
    }
}
