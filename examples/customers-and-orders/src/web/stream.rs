use std::convert::Infallible;
use std::ops::ControlFlow;

use async_stream::stream;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use es_core::store::{EventStore, FeedFilter, FeedPage, FeedQuery, Position, RawEvent, StoreError};
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::App;
use super::extract::InQuery;
use super::problem::{Failed, Problem};

/// How many events are read at once.
const PAGE: u32 = 100;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(follow))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Since {
    /// With how many of the newest events it begins.
    #[serde(default)]
    #[param(default = 0)]
    last: u64,
}

/// An event as a message of the stream has it.
#[derive(Serialize, ToSchema)]
struct Message<'a> {
    position: u64,
    event_type: &'a str,
    entity_type: &'a str,
    entity_id: &'a str,
    version: u64,
    recorded_at: String,
    #[schema(value_type = Object)]
    data: &'a RawValue,
}

/// All events as they come, for ever: server-sent events, whose ids are the positions.
///
/// A client that reconnects with `Last-Event-ID`, as browsers do, gets what it missed.
#[utoipa::path(
    get, path = "/events", tag = "operation", operation_id = "followEvents",
    params(Since, ("Last-Event-ID" = Option<u64>, Header, description = "Begins after this position, whatever `last` says; one that there isn't yet counts as none.")),
    responses((status = OK, body = Message<'_>, content_type = "text/event-stream"), Failed),
)]
async fn follow(
    State(app): State<App>,
    headers: HeaderMap,
    InQuery(since): InQuery<Since>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let end = app.store.feed_end().await?;
    let start = match last_event_id(&headers) {
        Some(position) if position <= end => position,
        // It was a client of another database, or of what this one was before it was restored from a backup.
        Some(_) | None => Position::new(end.get().saturating_sub(since.last)),
    };
    Ok(Sse::new(messages(app, start)).keep_alive(KeepAlive::default()))
}

fn last_event_id(headers: &HeaderMap) -> Option<Position> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    id.parse().ok().map(Position::new)
}

/// Ends when the service does, and when the store fails: the client reconnects, and goes on where it was.
fn messages(app: App, start: Position) -> impl Stream<Item = Result<Event, Infallible>> {
    stream! {
        let (mut after, mut stopping) = (start, app.stopping.clone());
        let mut signal = app.store.feed_signal();
        loop {
            let (events, page) = match read(&app, after).await {
                Ok(read) => read,
                Err(error) => {
                    tracing::warn!(%error, "a stream of events ends");
                    break;
                }
            };
            for event in events {
                yield Ok(event);
            }
            after = page.last;
            if page.at_end {
                tokio::select! {
                    () = signal.changed() => {}
                    _ = stopping.wait_for(|stopping| *stopping) => break,
                }
            }
        }
    }
}

async fn read(app: &App, after: Position) -> Result<(Vec<Event>, FeedPage), StoreError> {
    let (all, mut events) = (FeedFilter::all(), Vec::new());
    let query = FeedQuery::new(after, PAGE, &all);
    let page = app
        .store
        .feed(query, &mut |position, raw| {
            events.extend(message(position, &raw));
            ControlFlow::Continue(())
        })
        .await?;
    Ok((events, page))
}

fn message(position: Position, raw: &RawEvent<'_>) -> Option<Event> {
    let message = Message {
        position: position.get(),
        event_type: raw.event_type,
        entity_type: raw.entity_type,
        entity_id: raw.entity_id,
        version: raw.version.get(),
        recorded_at: raw.recorded_at.to_string(),
        data: serde_json::from_slice(raw.data).ok()?,
    };
    Event::default().id(position.to_string()).json_data(message).ok()
}
