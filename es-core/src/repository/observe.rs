//! What repositories tell of their calls: spans of `tracing`, and metrics.

use std::fmt::Display;

use tracing::{Level, Span};

use crate::Metadata;

const TARGET: &str = "es_core::repository";

/// The span of a save or an update.
pub(super) fn changing(
    call: &'static str,
    entity_type: &'static str,
    entity_id: Option<&dyn Display>,
    metadata: &Metadata,
) -> Span {
    if !tracing::enabled!(target: TARGET, Level::INFO) {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET,
        "change",
        call,
        entity_type,
        entity_id = entity_id.map(tracing::field::display),
        correlation_id = metadata.correlation_id(),
        causation_id = metadata.causation_id(),
    )
}

/// A race that was lost to another writer.
pub(super) fn conflict(entity_type: &'static str, attempt: u32) {
    #[cfg(not(target_family = "wasm"))]
    metrics::counter!("es_conflicts_total", "entity_type" => entity_type).increment(1);
    tracing::debug!(target: TARGET, entity_type, attempt, "another writer was faster");
}

/// How long a call of the store takes.
pub(super) struct Timer {
    #[cfg(not(target_family = "wasm"))]
    started: std::time::Instant,
}

#[cfg(not(target_family = "wasm"))]
impl Timer {
    pub(super) fn start() -> Self {
        Timer { started: std::time::Instant::now() }
    }

    pub(super) fn loaded(self) {
        metrics::histogram!("es_load_seconds").record(self.started.elapsed());
    }

    pub(super) fn appended(self) {
        metrics::histogram!("es_append_seconds").record(self.started.elapsed());
    }
}

/// There is no clock that all hosts of WebAssembly share.
#[cfg(target_family = "wasm")]
impl Timer {
    pub(super) fn start() -> Self {
        Timer {}
    }

    pub(super) fn loaded(self) {}

    pub(super) fn appended(self) {}
}
