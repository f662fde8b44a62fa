use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::evolution::{TypedStep, UpcastError};
use crate::shape::Shape;
use crate::store::RawEvent;
use crate::{Metadata, Version};

/// Something that happened to an entity: a fact, stored as JSON under a name that stays.
///
/// Written by `#[derive(Event)]`. What is stored of a type is its [`TYPE`](Self::TYPE), its
/// [`VERSION`](Self::VERSION) and its serde JSON: all three are a format that outlives the code.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Serialize, Deserialize, Event)]
/// #[event(type = "MoneyWithdrawn", alias = "Debited")]
/// pub struct Withdrawn { pub amount: u64 }
///
/// assert_eq!(Withdrawn::TYPE, "MoneyWithdrawn");
/// assert_eq!(Withdrawn::ALIASES, ["Debited"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "write `#[derive(Serialize, Deserialize, Event)]` on it"
)]
pub trait Event: Storable + Send + Sync + 'static {
    /// The stored name.
    const TYPE: &'static str;
    /// Older stored names that are read as this type too.
    const ALIASES: &'static [&'static str] = &[];
    /// The version of the shape of the JSON.
    const VERSION: u32 = 1;
    /// How it is read from an older version that is a type too.
    const FROM: Option<TypedStep<Self>> = None;
}

/// What can be written as JSON and read back: every type that is `Serialize` and `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be stored: it isn't both `Serialize` and `Deserialize`",
    label = "can't be written as JSON and read back",
    note = "write `#[derive(Serialize, Deserialize, Event)]` on it"
)]
pub trait Storable: Sized {
    /// Appends the JSON to `out`.
    ///
    /// # Errors
    /// What the type's own `Serialize` refuses, such as a map whose keys aren't text.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error>;

    /// Reads the JSON.
    ///
    /// # Errors
    /// JSON that doesn't fit the type.
    fn read(json: &[u8]) -> Result<Self, serde_json::Error>;

    /// Reads JSON that is a tree already.
    ///
    /// # Errors
    /// JSON that doesn't fit the type.
    fn read_tree(json: Value) -> Result<Self, serde_json::Error>;

    /// The shape of the JSON.
    fn shape() -> Shape;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Storable for T {
    fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
        serde_json::to_writer(out, self)
    }

    fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    fn read_tree(json: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(json)
    }

    fn shape() -> Shape {
        Shape::of::<T>()
    }
}

/// An event on its way into the store; every [`Event`] is one.
pub trait StoredEvent {
    /// The stored name.
    fn event_type(&self) -> &'static str;
    /// The version of the shape of the JSON.
    fn schema_version(&self) -> u32;
    /// Appends the JSON to `out`.
    ///
    /// # Errors
    /// What the type's own `Serialize` refuses, such as a map whose keys aren't text.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

impl<E: Event> StoredEvent for E {
    fn event_type(&self) -> &'static str {
        E::TYPE
    }

    fn schema_version(&self) -> u32 {
        E::VERSION
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.write(out).map_err(|source| EncodeError { event_type: E::TYPE, source })
    }
}

/// All events of an aggregate: the enum that `#[aggregate]` writes, `AccountEvent` for `Account`.
pub trait EventSet: Sized + Send + Sync + 'static {
    /// Reads a stored event by its stored name. Of older versions it reads those that are types too;
    /// [`evolution::decode`](crate::evolution::decode) reads all.
    ///
    /// # Errors
    /// See [`DecodeError`].
    fn decode(raw: &RawEvent<'_>) -> Result<Self, DecodeError>;

    /// The event in it, on its way into the store.
    fn stored(&self) -> &dyn StoredEvent;

    /// Whether it deletes the entity.
    fn deletes(&self) -> bool {
        false
    }
}

/// The id of an event: a UUIDv7 that is given when the event is decided.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct EventId(Uuid);

impl EventId {
    /// A new id, different from all others.
    #[allow(clippy::new_without_default, reason = "two defaults would not be equal")]
    pub fn new() -> Self {
        EventId(Uuid::now_v7())
    }

    /// The UUID.
    pub const fn uuid(&self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for EventId {
    fn from(uuid: Uuid) -> Self {
        EventId(uuid)
    }
}

impl FromStr for EventId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(EventId)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an event handler may ask beside its event: `fn withdrawn(&mut self, event: &Withdrawn, cx: &EventContext)`.
#[derive(Debug, Clone, Copy)]
pub struct EventContext<'a> {
    event_id: EventId,
    version: Version,
    recorded_at: Timestamp,
    metadata: Option<&'a str>,
}

impl<'a> EventContext<'a> {
    pub(crate) fn new(
        event_id: EventId,
        version: Version,
        recorded_at: Timestamp,
        metadata: Option<&'a str>,
    ) -> Self {
        EventContext { event_id, version, recorded_at, metadata }
    }

    /// The event's own id.
    pub fn event_id(&self) -> EventId {
        self.event_id
    }

    /// The entity's version with this event.
    pub fn version(&self) -> Version {
        self.version
    }

    /// When the event was decided, by the clock of the repository that did, in whole microseconds.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The metadata of the change; empty where it can't be read. Parsed at each call.
    pub fn metadata(&self) -> Metadata {
        Metadata::from_stored(self.metadata).unwrap_or_default()
    }
}

/// An event that serde could not write.
#[derive(Debug, thiserror::Error)]
#[error("an event of type `{event_type}` can't be written as JSON")]
pub struct EncodeError {
    /// The stored name of the event.
    pub event_type: &'static str,
    /// What serde said.
    pub source: serde_json::Error,
}

/// A stored event that this program can't read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// No event handler of the aggregate knows the stored name. The type was renamed without
    /// `#[event(type = "…")]` or `alias`, or a newer program wrote it.
    #[error(
        "no event handler knows this event type; a renamed type keeps its name by `#[event(type = \"…\")]`"
    )]
    UnknownType,
    /// The event was stored in a newer version of its shape, by a newer program.
    #[error(
        "the event is stored in version {stored} of its type, and this program reads versions up to {known}: a newer program wrote it"
    )]
    UnknownVersion {
        /// The version that is stored.
        stored: u32,
        /// The newest version that is read.
        known: u32,
    },
    /// The event was stored in an older version of its shape, and no step leads from that.
    #[error(
        "the event is stored in version {stored} of its type, and no `#[upcaster]` or `from = …` leads from there to version {known}"
    )]
    NoStep {
        /// The version that is stored.
        stored: u32,
        /// The current version.
        known: u32,
    },
    /// An upcaster refused the JSON.
    #[error("the upcaster `{upcaster}` refused the stored JSON: {source}")]
    Upcast {
        /// The method.
        upcaster: &'static str,
        /// What it said.
        source: UpcastError,
    },
    /// An upcaster made an event of a type that its `into` doesn't list.
    #[error("the upcaster `{upcaster}` made `{event_type}`, which its `into` doesn't list")]
    UndeclaredUpcast {
        /// The method.
        upcaster: &'static str,
        /// What it made.
        event_type: &'static str,
    },
    /// The steps go round in a circle.
    #[error("the upcaster `{upcaster}` leads back to itself")]
    EndlessUpcast {
        /// The method.
        upcaster: &'static str,
    },
    /// What reads it panicked, as an upcaster does for JSON that it doesn't expect.
    #[error("it can't be read without a panic: {0}")]
    Panicked(String),
    /// The JSON doesn't fit the type.
    #[error("the stored JSON doesn't fit the type: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl DecodeError {
    /// No step leads from this version of a type.
    pub(crate) fn version(stored: u32, known: u32) -> Self {
        if stored > known {
            DecodeError::UnknownVersion { stored, known }
        } else {
            DecodeError::NoStep { stored, known }
        }
    }

    /// The same of another version, where it is about a version: where a chain of types ends says nothing of where it began.
    pub(crate) fn about(self, stored: u32, known: u32) -> Self {
        match self {
            DecodeError::UnknownVersion { .. } | DecodeError::NoStep { .. } => {
                DecodeError::version(stored, known)
            }
            error => error,
        }
    }
}
