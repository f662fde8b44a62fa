use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The longest entity id that every store takes, in bytes of its text.
pub const MAX_ID_BYTES: usize = 255;

/// What can name an entity: stored as its `Display` text, read back by `FromStr`.
///
/// [`Id<A>`](Id) is the default. `String`, `Uuid` and the integers are ids; a newtype becomes one by
/// `#[derive(AggregateId)]`, any other type by an empty impl. The text is a stored format: two ids are equal exactly
/// when their texts are. It has 1 to [`MAX_ID_BYTES`] bytes and no NUL; anything else is refused with
/// [`Failure::InvalidId`](crate::Failure::InvalidId) before it reaches the store.
///
/// ```
/// use es_core::prelude::*;
///
/// #[derive(Debug, Clone, PartialEq, AggregateId)]
/// pub struct Iban(String);
///
/// let iban: Iban = "DE02120300000000202051".parse().unwrap();
/// assert_eq!(iban.to_string(), "DE02120300000000202051");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't name an aggregate",
    label = "not an `AggregateId`",
    note = "write `#[derive(AggregateId)]` on a newtype such as `struct Iban(String);`, or `impl AggregateId` for a type that is `Display + FromStr + Clone`"
)]
pub trait AggregateId: fmt::Display + FromStr + Clone + Send + Sync + 'static {}

/// An id that names an `A`, so that who has it needn't say whose it is. Written by `#[aggregate]`; an [`Id`] is of one
/// aggregate only, a `String` may be of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't the id of a `{A}`",
    label = "not an id of `{A}`",
    note = "an aggregate's ids are of the type that `#[aggregate(id = …)]` says, by default `Id<{A}>`"
)]
pub trait IdOf<A> {}

/// An [`AggregateId`] that the framework can make: at random, or from a message.
#[diagnostic::on_unimplemented(
    message = "an id of type `{Self}` can't be generated",
    label = "ids of this type are chosen by the caller",
    note = "use `save_as(id, command)` instead of `save(command)`"
)]
pub trait GeneratedId: AggregateId {
    /// A new id, different from all others.
    fn generate() -> Self;

    /// The id that belongs to this name: the same name gives the same id, always and everywhere.
    ///
    /// A creation that is delivered twice meets itself this way.
    fn derive(name: &[u8]) -> Self;
}

/// The namespace of ids derived from messages (UUIDv5). Stored ids depend on it: it never changes.
const DERIVED_IDS: Uuid = Uuid::from_u128(0x6f0d_53e5_5b0c_5d2a_9b64_4a4f_3c1e_27d1);

macro_rules! plain_ids {
    ($($id:ty),*) => { $(impl AggregateId for $id {})* };
}
plain_ids!(String, Uuid, u32, u64, u128, i32, i64, i128);

impl GeneratedId for Uuid {
    fn generate() -> Self {
        Uuid::now_v7()
    }

    fn derive(name: &[u8]) -> Self {
        Uuid::new_v5(&DERIVED_IDS, name)
    }
}

/// The id of an aggregate of type `A`: a UUID that knows whose it is.
///
/// An `Id<Order>` can't be passed where an `Id<Account>` is meant. New ids are UUIDv7, so that rows created together
/// lie together.
pub struct Id<A> {
    uuid: Uuid,
    of: PhantomData<fn() -> A>,
}

impl<A> Id<A> {
    /// A new id, different from all others.
    #[allow(clippy::new_without_default, reason = "two defaults would not be equal")]
    pub fn new() -> Self {
        Uuid::now_v7().into()
    }

    /// The UUID.
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl<A: 'static> AggregateId for Id<A> {}

impl<A: 'static> GeneratedId for Id<A> {
    fn generate() -> Self {
        Self::new()
    }

    fn derive(name: &[u8]) -> Self {
        Uuid::derive(name).into()
    }
}

impl<A> From<Uuid> for Id<A> {
    fn from(uuid: Uuid) -> Self {
        Id { uuid, of: PhantomData }
    }
}

impl<A> From<Id<A>> for Uuid {
    fn from(id: Id<A>) -> Self {
        id.uuid
    }
}

impl<A> FromStr for Id<A> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Uuid>().map(Self::from)
    }
}

impl<A> fmt::Display for Id<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<A> fmt::Debug for Id<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<A>();
        write!(f, "Id<{}>({})", path.rsplit("::").next().unwrap_or(path), self.uuid)
    }
}

// Derives would ask the same of `A`.
impl<A> Clone for Id<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Id<A> {}

impl<A> PartialEq for Id<A> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<A> Eq for Id<A> {}

impl<A> PartialOrd for Id<A> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<A> Ord for Id<A> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<A> Hash for Id<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<A> Serialize for Id<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}

impl<'de, A> Deserialize<'de> for Id<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::from)
    }
}
