//! What a running subscriber tells of itself: spans and events of `tracing`, and metrics.

use std::time::Duration;

use tracing::{Level, Span, debug, info, warn};

use super::status::SubscriberStatus;
use crate::Metadata;
use crate::store::{Position, RawEvent};
use crate::subscription::{EntityKey, HandlerError, OnFailure};

/// The span of a handler at work.
pub(super) fn handling(
    subscriber: &str,
    raw: &RawEvent<'_>,
    position: Position,
    attempt: u32,
) -> Span {
    if !tracing::enabled!(target: "es_core::subscription", Level::INFO) {
        return Span::none();
    }
    let metadata = Metadata::from_stored(raw.metadata).unwrap_or_default();
    tracing::info_span!(
        target: "es_core::subscription",
        "handle",
        subscriber,
        event_type = raw.event_type,
        event_id = %raw.event_id,
        entity_type = raw.entity_type,
        entity_id = raw.entity_id,
        version = raw.version.get(),
        position = position.get(),
        attempt,
        correlation_id = metadata.correlation_id(),
        causation_id = metadata.causation_id(),
    )
}

pub(super) fn handled(subscriber: &'static str, events: usize, took: Duration) {
    metrics::counter!("es_subscriber_handled_total", "subscriber" => subscriber)
        .increment(events as u64);
    metrics::histogram!("es_subscriber_batch_seconds", "subscriber" => subscriber).record(took);
}

/// How far a subscriber is, in all processes.
pub(super) fn progress(subscriber: &'static str, status: &SubscriberStatus) {
    let gauge = |name, value: f64| metrics::gauge!(name, "subscriber" => subscriber).set(value);
    gauge("es_subscriber_lag_events", status.lag_events as f64);
    gauge("es_subscriber_lag_seconds", status.lag.as_secs_f64());
    gauge("es_subscriber_waiting_events", status.waiting_events as f64);
    gauge("es_subscriber_parked_events", status.parked_events as f64);
}

pub(super) fn retried(
    subscriber: &'static str,
    entity: &EntityKey,
    attempts: u32,
    error: &HandlerError,
) {
    metrics::counter!("es_subscriber_retried_total", "subscriber" => subscriber).increment(1);
    debug!(
        target: "es_core::subscription",
        subscriber, entity.entity_type, entity.entity_id, attempts, %error,
        "a handler failed, and its event is tried again"
    );
}

pub(super) fn recovered(subscriber: &'static str, entity: &EntityKey, attempts: u32) {
    metrics::counter!("es_subscriber_handled_total", "subscriber" => subscriber).increment(1);
    info!(
        target: "es_core::subscription",
        subscriber, entity.entity_type, entity.entity_id, attempts,
        "an event that waited is handled"
    );
}

pub(super) fn gave_up(
    subscriber: &'static str,
    entity: &EntityKey,
    on_failure: OnFailure,
    attempts: u32,
    error: &HandlerError,
) {
    let (outcome, what) = match on_failure {
        OnFailure::Block => {
            ("blocked", "it waits, with all later ones of its entity, and is tried again")
        }
        OnFailure::Park => {
            ("parked", "it waits, with all later ones of its entity, for `retry` or `skip`")
        }
        OnFailure::Skip => ("skipped", "it counts as handled"),
    };
    metrics::counter!("es_subscriber_failed_total", "subscriber" => subscriber, "outcome" => outcome)
        .increment(1);
    warn!(
        target: "es_core::subscription",
        subscriber, entity.entity_type, entity.entity_id, attempts, %error,
        "a handler failed on an event for good: {what}"
    );
}
