use es_core::store::NewSnapshot;
use sqlx::MySqlConnection;

use super::append::Server;
use super::error;

/// What a statement has beside the state, in bytes: more than the longest names and ids take.
const BESIDE: usize = 2_048;

/// Keeps a snapshot and forgets older ones, in two statements of a transaction. One that is larger than the server's
/// `max_allowed_packet` isn't kept: it can't be sent, and the transaction is to go on.
pub(super) async fn keep(
    connection: &mut MySqlConnection,
    server: Server<'_>,
    snapshot: &NewSnapshot,
) -> Result<(), sqlx::Error> {
    let NewSnapshot { entity_type, entity_id, version, event_id, shape, data, keep } = snapshot;
    if data.len() + BESIDE > server.max_packet {
        let (bytes, limit) = (data.len(), server.max_packet);
        tracing::warn!(
            entity_type, entity_id, %version, bytes, limit,
            "a snapshot wasn't kept: it is larger than the server's max_allowed_packet"
        );
        return Ok(());
    }
    let json = str::from_utf8(data).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let kept = sqlx::query(server.statements.keep_snapshot.sql())
        .bind(entity_type.as_bytes())
        .bind(entity_id.as_bytes())
        .bind(shape.as_bytes())
        .bind(version.get())
        .bind(event_id.uuid().as_bytes().as_slice())
        .bind(json)
        .execute(&mut *connection);
    error::within(server.limits.answer(), kept).await?;
    let forgotten = sqlx::query(server.statements.forget_snapshots.sql())
        .bind(entity_type.as_bytes())
        .bind(entity_id.as_bytes())
        .bind(entity_type.as_bytes())
        .bind(entity_id.as_bytes())
        .bind(shape.as_bytes())
        .bind(*keep)
        .execute(connection);
    error::within(server.limits.answer(), forgotten).await?;
    Ok(())
}
