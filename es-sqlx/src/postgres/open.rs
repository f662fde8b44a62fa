use std::time::Duration;

use es_core::store::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Executor, PgPool};

use super::Connections;
use super::error::Limits;
use crate::{Durability, SqlxEventStoreBuilder};

/// The connections of a store, unless its options say another number.
const CONNECTIONS: u32 = 16;

/// Opens what the address names.
pub(super) fn open(builder: &SqlxEventStoreBuilder, url: &str) -> Result<Connections, StoreError> {
    let limits = Limits {
        acquire: builder.acquire_timeout,
        lock: builder.busy_timeout,
        statement: builder.statement_timeout,
    };
    let options: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| StoreError::Address(error.to_string()))?;
    let encrypted = !matches!(
        options.get_ssl_mode(),
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer
    );
    if encrypted && !cfg!(feature = "tls") {
        return Err(StoreError::Address(
            "an encrypted connection needs the feature `tls` of es-sqlx".to_owned(),
        ));
    }
    let session = session(&limits, builder);
    let connections = builder.connections(CONNECTIONS);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(limits.acquire)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let session = session.clone();
            Box::pin(async move { connection.execute(AssertSqlSafe(session)).await.map(drop) })
        })
        .connect_lazy_with(options);
    Ok(Connections::own(pool, connections, limits))
}

/// The connections of a pool that the application has made, which are set up as they are.
pub(super) fn shared(builder: &SqlxEventStoreBuilder, pool: PgPool) -> Connections {
    let limits = Limits {
        acquire: pool.options().get_acquire_timeout(),
        lock: builder.busy_timeout,
        statement: builder.statement_timeout,
    };
    Connections::shared(pool, limits)
}

/// What each connection is told first. Compiling a plan pays for long queries only, which a store doesn't have.
fn session(limits: &Limits, builder: &SqlxEventStoreBuilder) -> String {
    let synchronous_commit = match builder.durability {
        Durability::Full => "on",
        Durability::Normal => "off",
    };
    format!(
        "SET jit = off; \
         SET default_transaction_isolation = 'read committed'; \
         SET synchronous_commit = {synchronous_commit}; \
         SET lock_timeout = {}; \
         SET statement_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}",
        milliseconds(limits.lock),
        milliseconds(limits.statement),
        milliseconds(builder.idle_transaction_timeout),
    )
}

/// PostgreSQL takes 0 for no limit.
fn milliseconds(limit: Duration) -> i32 {
    i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1)
}
