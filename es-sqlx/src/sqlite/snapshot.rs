use es_core::store::NewSnapshot;
use sqlx::SqliteConnection;

use super::statements::Statements;

/// Keeps a snapshot and forgets older ones, in two statements of a transaction.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    statements: &Statements,
    snapshot: &NewSnapshot,
) -> Result<(), sqlx::Error> {
    let NewSnapshot { entity_type, entity_id, version, event_id, shape, data, keep } = snapshot;
    let json = str::from_utf8(data).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(statements.keep_snapshot.sql())
        .bind(entity_type)
        .bind(entity_id)
        .bind(&**shape)
        .bind(version.get().cast_signed())
        .bind(event_id.uuid().as_bytes().as_slice())
        .bind(json)
        .execute(&mut *connection)
        .await?;
    sqlx::query(statements.forget_snapshots.sql())
        .bind(entity_type)
        .bind(entity_id)
        .bind(&**shape)
        .bind(*keep)
        .execute(connection)
        .await?;
    Ok(())
}
