use super::AggregateRepository;
use super::interceptor::Interceptors;
use super::retry::RetryPolicy;
use crate::{Aggregate, MessageKey, Metadata, Version};

/// What a caller may add to a save or an update.
pub(super) struct Options<A: Aggregate> {
    pub(super) message: Option<MessageKey>,
    pub(super) metadata: Metadata,
    pub(super) expected: Option<Version>,
    pub(super) retry: RetryPolicy,
    pub(super) interceptors: Interceptors<A>,
}

impl<A: Aggregate> Options<A> {
    /// The settings of the repository.
    pub(super) fn of(repository: &AggregateRepository<A>) -> Self {
        Options {
            message: None,
            metadata: Metadata::new(),
            expected: None,
            retry: repository.retry,
            interceptors: repository.interceptors.clone(),
        }
    }

    /// Whether an entity can be decided on as it was at this version before anybody has looked at it. Not with a message,
    /// which may be processed; and whether an expected version is the stored one isn't told by another.
    pub(super) fn can_decide_on(&self, version: Version) -> bool {
        self.message.is_none() && self.expected.is_none_or(|expected| expected == version)
    }
}

/// The options that saves, updates and dispatched commands share, as methods of a builder. `$options` is how the
/// builder reaches its [`Options`].
macro_rules! shared_options {
    (|$builder:ident| $options:expr) => {
        /// The message that leads to this change. If the entity has processed it before, the command is not run,
        /// nothing is written, and the result says [`is_duplicate`](crate::Persisted::is_duplicate).
        ///
        /// Text, a `Uuid` or an [`EventId`](crate::EventId) name a message; a [`MessageKey`](crate::MessageKey) also
        /// names who consumes it.
        pub fn triggered_by(mut self, message: impl Into<crate::MessageKey>) -> Self {
            let $builder = &mut self;
            $options.message = Some(message.into());
            self
        }

        /// The key by which a client marks one request that it may send again: works as
        /// [`triggered_by`](Self::triggered_by), apart from all other messages.
        ///
        /// Whoever sends a key again gets what the first request created, so make the client's identity a part of it
        /// where clients choose their keys: `format!("{client}/{key}")`.
        pub fn idempotency_key(self, key: impl Into<String>) -> Self {
            self.triggered_by(crate::MessageKey::new(key).consumed_by(crate::MessageKey::CLIENT))
        }

        /// Adds a value to the metadata of every event of this change.
        pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            let $builder = &mut self;
            $options.metadata.insert(name, value);
            self
        }

        /// Who makes this change: [`Metadata::user`](crate::Metadata::user).
        pub fn user(self, user: impl Into<String>) -> Self {
            self.metadata(crate::Metadata::USER, user)
        }

        /// Why this change is made, in the words of who makes it: [`Metadata::reason`](crate::Metadata::reason).
        pub fn reason(self, reason: impl Into<String>) -> Self {
            self.metadata(crate::Metadata::REASON, reason)
        }

        /// The conversation that this change belongs to.
        pub fn correlation_id(self, id: impl Into<String>) -> Self {
            self.metadata(crate::Metadata::CORRELATION_ID, id)
        }

        /// What directly led to this change.
        pub fn causation_id(self, id: impl Into<String>) -> Self {
            self.metadata(crate::Metadata::CAUSATION_ID, id)
        }

        /// Marks this change as one that follows from an event: caused by it, in its conversation. See
        /// [`Metadata::follow`](crate::Metadata::follow).
        pub fn following(mut self, event_id: crate::EventId, metadata: &crate::Metadata) -> Self {
            let $builder = &mut self;
            $options.metadata.follow(event_id, metadata);
            self
        }

        /// Adds an interceptor to this call, after those of the repository.
        pub fn interceptor(mut self, interceptor: impl crate::repository::Interceptor<A>) -> Self {
            let $builder = &mut self;
            $options.interceptors.add(interceptor);
            self
        }
    };
}
pub(super) use shared_options;
