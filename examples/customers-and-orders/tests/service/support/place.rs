#[path = "../../../../../es-sqlx/tests/mysql/database.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod mysql;
#[path = "../../../../../es-sqlx/tests/postgres/schema.rs"]
mod postgres;

use tempfile::TempDir;

/// An empty database, gone with its value.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(postgres::Schema),
    MySql(mysql::Database),
}

impl Place {
    pub(crate) async fn sqlite() -> Self {
        Place::Sqlite(tempfile::tempdir().unwrap())
    }

    pub(crate) async fn postgres() -> Self {
        Place::Postgres(postgres::Schema::new().await)
    }

    pub(crate) async fn mysql() -> Self {
        Place::MySql(mysql::Database::new().await)
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Place::Sqlite(folder) => {
                format!("sqlite://{}", folder.path().join("orders.db").display())
            }
            Place::Postgres(schema) => schema.url(),
            Place::MySql(database) => database.url(),
        }
    }
}
