use std::fmt::Display;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use es_core::store::StoreError;
use es_core::subscription::{ControlError, WaitError};
use es_core::{Failure, RepositoryError};
use problem_details::ProblemDetails;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// Why a request failed, as `application/problem+json` (RFC 9457). What is the server's own fault goes to its log, and the
/// client isn't told the details.
#[derive(Debug)]
pub(super) struct Problem {
    details: Box<ProblemDetails<Fields>>,
    retry_after_seconds: Option<u32>,
}

/// What is wrong with the fields of a request.
#[derive(Debug, Default, Serialize)]
struct Fields {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// What is wrong with a field.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FieldError {
    field: String,
    message: String,
}

impl FieldError {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        FieldError { field: field.into(), message: message.into() }
    }
}

/// The form of all errors.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "describes `Problem` in the OpenAPI document")]
pub(super) struct ProblemSchema {
    status: u16,
    title: String,
    detail: String,
    /// What is wrong with which field, where it is about fields.
    errors: Option<Vec<FieldError>>,
}

/// What any request may be answered with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes answers in the OpenAPI document")]
pub(super) enum Failed {
    /// The path, the query, a header or the body can't be read.
    #[response(status = BAD_REQUEST, content_type = "application/problem+json")]
    Unreadable(ProblemSchema),
    /// The reason is in the server's log.
    #[response(status = INTERNAL_SERVER_ERROR, content_type = "application/problem+json")]
    Internal(ProblemSchema),
    /// Nothing was done, or the same Idempotency-Key tells whether it was.
    #[response(
        status = SERVICE_UNAVAILABLE, content_type = "application/problem+json",
        headers(("Retry-After" = u32, description = "In seconds."))
    )]
    Unavailable(ProblemSchema),
}

/// What a list may be answered with as well.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes answers in the OpenAPI document")]
pub(super) enum ListRefused {
    /// The `limit` isn't from 1 to 1000.
    #[response(status = UNPROCESSABLE_ENTITY, content_type = "application/problem+json")]
    Limit(ProblemSchema),
}

/// What a request with a body may be answered with as well.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes answers in the OpenAPI document")]
pub(super) enum BodyRefused {
    /// The body is too long.
    #[response(status = PAYLOAD_TOO_LARGE, content_type = "application/problem+json")]
    TooLong(ProblemSchema),
    /// The body isn't said to be `application/json`.
    #[response(status = UNSUPPORTED_MEDIA_TYPE, content_type = "application/problem+json")]
    NotJson(ProblemSchema),
    /// The fields that `errors` names are wrong, or the Idempotency-Key came with others before.
    #[response(status = UNPROCESSABLE_ENTITY, content_type = "application/problem+json")]
    Fields(ProblemSchema),
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let details = ProblemDetails::from_status_code(status)
            .with_detail(detail.into())
            .with_extensions(Fields::default());
        Problem { details: Box::new(details), retry_after_seconds: None }
    }

    pub(super) fn of_fields(errors: Vec<FieldError>) -> Self {
        let all: Vec<_> =
            errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, all.join("; "));
        Problem { details: Box::new(problem.details.with_extensions(Fields { errors })), ..problem }
    }

    pub(super) fn internal(error: impl Display) -> Self {
        tracing::error!(%error, "a request failed");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "The reason is in the server's log.")
    }

    /// It may work in a moment.
    fn unavailable(error: impl Display, detail: &str) -> Self {
        tracing::warn!(%error, "a request failed for now");
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        Problem { retry_after_seconds: Some(1), ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (*self.details).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl<E: Display> From<RepositoryError<E>> for Problem {
    fn from(error: RepositoryError<E>) -> Self {
        match error {
            RepositoryError::Rejected(refusal) => {
                Problem::new(StatusCode::CONFLICT, refusal.to_string())
            }
            RepositoryError::Failed(failure) => failure.into(),
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let status = match failure {
            Failure::NotFound { .. } => StatusCode::NOT_FOUND,
            Failure::Deleted { .. } => StatusCode::GONE,
            Failure::AlreadyExists { .. } | Failure::Conflict { .. } => StatusCode::CONFLICT,
            Failure::InvalidId { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Store(error) => return error.into(),
            other => return Problem::internal(other),
        };
        Problem::new(status, failure.to_string())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OutcomeUnknown(_) => Problem::unavailable(
                error,
                "Whether it was done isn't known. Repeat it with the same Idempotency-Key.",
            ),
            StoreError::TimedOut { .. }
            | StoreError::Unavailable(_)
            | StoreError::Contended(_)
            | StoreError::ReadOnly(_)
            | StoreError::Full(_) => {
                Problem::unavailable(error, "Nothing was done. Try again in a moment.")
            }
            other => Problem::internal(other),
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => {
                Problem::unavailable(error, "The database can't be reached. Try again in a moment.")
            }
            other => Problem::internal(other),
        }
    }
}

impl From<ControlError> for Problem {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Store(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

impl From<WaitError> for Problem {
    fn from(error: WaitError) -> Self {
        match error {
            WaitError::Control(error) => error.into(),
            other => Problem::unavailable(other, "The list doesn't show that change yet."),
        }
    }
}
