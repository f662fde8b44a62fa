use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use es_core::{Aggregate, Persisted};
use serde::Serialize;

use super::consistency::{CONSISTENCY_TOKEN, token_of};
use super::idempotency::IDEMPOTENCY_REPLAYED;
use super::problem::Problem;

/// Answers a request that created an entity.
pub(super) fn created<A: Aggregate, B: Serialize>(
    entity: &Persisted<A>,
    path: &str,
    body: B,
) -> Result<Response, Problem> {
    let mut response = (StatusCode::CREATED, changed(entity, body)?).into_response();
    let location = HeaderValue::try_from(format!("{path}/{}", entity.id()));
    response.headers_mut().insert(LOCATION, location.map_err(Problem::internal)?);
    Ok(response)
}

/// Answers a request that changed an entity.
pub(super) fn changed<A: Aggregate, B: Serialize>(
    entity: &Persisted<A>,
    body: B,
) -> Result<Response, Problem> {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(CONSISTENCY_TOKEN, token_of(entity)?);
    if entity.is_duplicate() {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
