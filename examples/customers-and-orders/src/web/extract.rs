//! Extractors whose rejections are problems too.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::problem::{FieldError, Problem};

/// A request's JSON, which is an object.
pub(super) struct Body<T>(pub(super) T);

/// A part of the path.
pub(super) struct InPath<T>(pub(super) T);

/// The query.
pub(super) struct InQuery<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(body) = Json::<Box<RawValue>>::from_request(request, state).await?;
        if !body.get().starts_with('{') {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The body is no JSON object.",
            ));
        }
        let mut json = serde_json::Deserializer::from_str(body.get());
        Ok(Body(serde_path_to_error::deserialize(&mut json)?))
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for Problem {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let text = error.inner().to_string();
        // Where it is in the text helps nobody who sent fields.
        let text = text.rsplit_once(" at line ").map_or(&*text, |(what, _)| what);
        let path = error.path().to_string();
        let field = match path.as_str() {
            "." => text.split('`').nth(1).unwrap_or_default(),
            path => path,
        };
        Problem::of_fields(vec![FieldError::new(field, text)])
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(part) = Path::from_request_parts(parts, state).await?;
        Ok(InPath(part))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for InQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(query) = Query::from_request_parts(parts, state).await?;
        Ok(InQuery(query))
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}
