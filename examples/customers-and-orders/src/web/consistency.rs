use std::fmt::Display;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use es_core::subscription::{ConsistencyToken, EntityKey};
use es_core::{Aggregate, EventSubscriber, Id, Persisted};

use super::App;
use super::problem::Problem;
use crate::domain::{Customer, Order};
use crate::history::OrderHistory;

/// The header in which a change names itself, and in which a client of a list asks to see it.
pub(super) const CONSISTENCY_TOKEN: HeaderName = HeaderName::from_static("consistency-token");

/// For how long a list waits until the view shows the change.
const LIMIT: Duration = Duration::from_secs(5);

/// The change that a client wants to see, if it says so.
pub(super) struct Seen(Option<ConsistencyToken>);

impl Seen {
    /// Waits until the view shows it.
    pub(super) async fn in_view(self, app: &App) -> Result<(), Problem> {
        if let Some(token) = self.0 {
            app.control.wait_for(OrderHistory::ID, &token, LIMIT).await?;
        }
        Ok(())
    }
}

/// The header's value for a change.
pub(super) fn token_of<A: Aggregate>(changed: &Persisted<A>) -> Result<HeaderValue, Problem> {
    let json = serde_json::to_string(&changed.token()).map_err(Problem::internal)?;
    HeaderValue::try_from(json).map_err(Problem::internal)
}

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(CONSISTENCY_TOKEN) else { return Ok(Seen(None)) };
        let refused = |why: &dyn Display| {
            let detail = format!("This isn't a Consistency-Token that a response had: {why}.");
            Problem::new(StatusCode::BAD_REQUEST, detail)
        };
        let token = serde_json::from_slice(value.as_bytes()).map_err(|error| refused(&error))?;
        if !names_an_entity(&token) {
            return Err(refused(&"it names no customer and no order"));
        }
        Ok(Seen(Some(token)))
    }
}

/// Others were never given away, and not every database can even be asked about any text.
fn names_an_entity(token: &ConsistencyToken) -> bool {
    let EntityKey { entity_type, entity_id } = &token.entity;
    match &**entity_type {
        Customer::TYPE => entity_id.parse::<Id<Customer>>().is_ok(),
        Order::TYPE => entity_id.parse::<Id<Order>>().is_ok(),
        _ => false,
    }
}
