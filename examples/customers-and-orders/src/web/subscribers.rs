use axum::Json;
use axum::extract::State;
use es_core::EventSubscriber;
use es_core::subscription::SubscriberStatus;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use super::problem::{Failed, Problem};
use crate::history::OrderHistory;
use crate::saga::{CreditReservation, OrderApproval};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Serialize, ToSchema)]
struct Subscribers {
    subscribers: Vec<Subscriber>,
}

/// How far a subscriber is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Subscriber)]
struct Subscriber {
    id: String,
    /// Up to here its events are handled.
    position: u64,
    /// The position of the newest event.
    end: u64,
    lag_events: u64,
    lag_seconds: f64,
    paused: bool,
    /// How many processes run it.
    members: u32,
    partitions: u32,
    /// Events that wait since a handler failed.
    waiting_events: u64,
    parked_events: u64,
    /// The last error of a handler in this process, as long as events wait.
    #[schema(required)]
    last_error: Option<String>,
}

/// Shows how far each subscriber is.
#[utoipa::path(get, path = "/subscribers", tag = "operation", operation_id = "listSubscribers", responses((status = OK, body = Subscribers), Failed))]
async fn list(State(app): State<App>) -> Result<Json<Subscribers>, Problem> {
    let mut subscribers = Vec::new();
    for id in [CreditReservation::ID, OrderApproval::ID, OrderHistory::ID] {
        subscribers.push(app.control.status(id).await?.into());
    }
    Ok(Json(Subscribers { subscribers }))
}

impl From<SubscriberStatus> for Subscriber {
    fn from(status: SubscriberStatus) -> Self {
        Subscriber {
            id: status.id,
            position: status.position.get(),
            end: status.end.get(),
            lag_events: status.lag_events,
            lag_seconds: status.lag.as_secs_f64(),
            paused: status.paused,
            members: status.members,
            partitions: status.partitions,
            waiting_events: status.waiting_events,
            parked_events: status.parked_events,
            last_error: status.last_error,
        }
    }
}
