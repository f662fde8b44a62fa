use es_core::store::NewSnapshot;
use sqlx::PgConnection;

use super::statements::Statements;

/// Keeps a snapshot and forgets older ones.
pub(super) async fn keep(
    connection: &mut PgConnection,
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
        .bind(event_id.uuid())
        .bind(json)
        .bind(i64::from(*keep))
        .execute(connection)
        .await?;
    Ok(())
}
