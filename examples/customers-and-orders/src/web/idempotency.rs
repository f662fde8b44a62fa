use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use es_core::repository::{Save, Update};
use es_core::{Aggregate, MessageKey};

use super::problem::Problem;

/// The header that names an attempt of a client: a repetition with the same key finds what the first one did.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says in a response that the request had been done before.
pub(super) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The consumer of keys of requests that change what there is.
const CHANGE: &str = "change";

/// What a client names its attempt, if it does.
pub(super) struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    pub(super) fn on_save<'r, A: Aggregate, E>(self, save: Save<'r, A, E>) -> Save<'r, A, E> {
        match self.0 {
            Some(key) => save.idempotency_key(key),
            None => save,
        }
    }

    pub(super) fn on_update<'r, A: Aggregate, E>(
        self,
        update: Update<'r, A, E>,
    ) -> Update<'r, A, E> {
        match self.0 {
            // By itself, so that the key of the request that created the entity isn't taken for this one.
            Some(key) => update.triggered_by(MessageKey::new(key).consumed_by(CHANGE)),
            None => update,
        }
    }
}

/// The key came before, with something else.
pub(super) fn key_of_another_request() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "This Idempotency-Key came with another request before. Use a new key for a new request.",
    )
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(IdempotencyKey(None));
        };
        match value.to_str() {
            Ok(key) if (1..=255).contains(&key.len()) => Ok(IdempotencyKey(Some(key.to_owned()))),
            _ => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "An Idempotency-Key is 1 to 255 characters of ASCII.",
            )),
        }
    }
}
