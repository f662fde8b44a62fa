use std::borrow::Cow;

use uuid::Uuid;

use crate::EventId;

/// Names a message that leads to a change, so that the same message changes an entity once.
///
/// A message is known by its id and by who consumes it: two subscribers may each update one entity because of the
/// same event. Without a consumer of its own, a message belongs to the consumer `""`.
///
/// ```
/// use es_core::MessageKey;
///
/// let key = MessageKey::new("order-4711").consumed_by("customer-credit");
/// assert_eq!((key.consumer(), key.id()), ("customer-credit", "order-4711"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageKey {
    consumer: Cow<'static, str>,
    id: String,
}

impl MessageKey {
    /// The consumer of what clients send with an idempotency key.
    pub(crate) const CLIENT: &'static str = "idempotency-key";

    /// The message with this id.
    pub fn new(id: impl Into<String>) -> Self {
        MessageKey { consumer: Cow::Borrowed(""), id: id.into() }
    }

    /// The same message, as this consumer has it.
    #[must_use]
    pub fn consumed_by(self, consumer: impl Into<Cow<'static, str>>) -> Self {
        MessageKey { consumer: consumer.into(), ..self }
    }

    /// Who consumes it.
    pub fn consumer(&self) -> &str {
        &self.consumer
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name from which the id of an aggregate that this message creates is derived. A stored format.
    pub(crate) fn creation_name(&self, aggregate_type: &str) -> Vec<u8> {
        let parts = [aggregate_type, &self.consumer, &self.id];
        parts
            .iter()
            .flat_map(|part| {
                part.len().to_string().into_bytes().into_iter().chain([b':']).chain(part.bytes())
            })
            .collect()
    }
}

impl From<&str> for MessageKey {
    fn from(id: &str) -> Self {
        MessageKey::new(id)
    }
}

impl From<String> for MessageKey {
    fn from(id: String) -> Self {
        MessageKey::new(id)
    }
}

impl From<Uuid> for MessageKey {
    fn from(id: Uuid) -> Self {
        MessageKey::new(id.to_string())
    }
}

impl From<EventId> for MessageKey {
    fn from(id: EventId) -> Self {
        MessageKey::new(id.to_string())
    }
}
