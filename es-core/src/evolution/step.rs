use std::fmt;

use crate::shape::Shape;
use crate::{DecodeError, Event};

/// How an event is read from an older version of it, which is a type too: `#[event(version = 2, from = OpenedV1)]`.
pub struct TypedStep<E> {
    older: &'static OlderVersion,
    read: fn(u32, &[u8]) -> Result<E, DecodeError>,
}

impl<E: Event> TypedStep<E> {
    /// From `P`, which may have a step of its own.
    #[allow(clippy::should_implement_trait, reason = "it makes a step, from nothing but a type")]
    pub const fn from<P: Event>() -> Self
    where
        E: MadeFrom<P>,
    {
        TypedStep {
            older: const { &OlderVersion::of::<P>() },
            read: |version, json| read_older::<P>(version, json).map(E::made_from),
        }
    }

    pub(crate) const fn older(&self) -> &'static OlderVersion {
        self.older
    }
}

/// An event that an older version of it can be made to: every type that is `From` the other.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be made of its older version `{P}`",
    label = "no step from this version",
    note = "write `impl From<{P}> for {Self}`"
)]
pub trait MadeFrom<P> {
    /// The same event in this version.
    fn made_from(older: P) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<P>, P> MadeFrom<P> for E {
    fn made_from(older: P) -> Self {
        E::from(older)
    }
}

impl<E> Clone for TypedStep<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for TypedStep<E> {}

impl<E> fmt::Debug for TypedStep<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedStep").field("older", &self.older).finish_non_exhaustive()
    }
}

/// A version of an event that a [`TypedStep`] reads.
#[derive(Debug, Clone, Copy)]
pub struct OlderVersion {
    pub(crate) event_type: &'static str,
    pub(crate) schema_version: u32,
    pub(crate) shape: fn() -> Shape,
    pub(crate) older: Option<&'static OlderVersion>,
}

impl OlderVersion {
    const fn of<P: Event>() -> Self {
        OlderVersion {
            event_type: P::TYPE,
            schema_version: P::VERSION,
            shape: P::shape,
            older: older::<P>(),
        }
    }

    /// The version.
    pub const fn schema_version(&self) -> u32 {
        self.schema_version
    }

    /// The shape of its JSON.
    pub fn shape(&self) -> Shape {
        (self.shape)()
    }

    /// The version before it that a typed step reads.
    pub const fn older(&self) -> Option<&'static OlderVersion> {
        self.older
    }
}

/// The versions of an event that typed steps read.
pub(crate) const fn older<E: Event>() -> Option<&'static OlderVersion> {
    match &E::FROM {
        Some(step) => Some(step.older()),
        None => None,
    }
}

/// Reads this version of an event, which is the current one or one that typed steps lead from.
pub(crate) fn read_older<E: Event>(version: u32, json: &[u8]) -> Result<E, DecodeError> {
    match E::FROM {
        _ if version == E::VERSION => Ok(E::read(json)?),
        Some(step) if version < E::VERSION => (step.read)(version, json),
        _ => Err(DecodeError::version(version, E::VERSION)),
    }
}

/// Brings the JSON of an older version to the current one, by typed steps.
pub(crate) fn modernise<E: Event>(version: u32, json: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut modern = Vec::new();
    let event = read_older::<E>(version, json).map_err(|error| error.about(version, E::VERSION))?;
    event.write(&mut modern)?;
    Ok(modern)
}
