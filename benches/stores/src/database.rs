use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, MySqlConnection, PgConnection, Row, SqliteConnection};
use tempfile::TempDir;
use test_servers::{Database as ServerOf, Found};

use crate::contender::Failed;

/// What is measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Database {
    pub(crate) const ALL: [Database; 3] = [Database::Sqlite, Database::Postgres, Database::MariaDb];

    /// Its name in arguments and results.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
            Database::MariaDb => "mariadb",
        }
    }

    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Database::Sqlite => "SQLite",
            Database::Postgres => "PostgreSQL",
            Database::MariaDb => "MariaDB",
        }
    }

    /// How many connections each contender has.
    pub(crate) fn connections(self) -> u32 {
        match self {
            Database::Sqlite => 5,
            Database::Postgres | Database::MariaDb => 16,
        }
    }
}

/// Where databases are made.
pub(crate) struct Server {
    database: Database,
    place: Kind,
    made: AtomicU32,
}

enum Kind {
    Files(TempDir),
    Server(Found),
}

impl Server {
    /// A folder for files, or a server that runs or is started.
    pub(crate) fn find(database: Database, folder: &Path, private: bool) -> Result<Self, Failed> {
        let below = folder.join("servers");
        let server = |of: ServerOf| {
            let found = if private {
                of.start(&below).map(|server| Found::Private(Box::new(server)))
            } else {
                of.find(&below)
            };
            found.map(Kind::Server)
        };
        let place = match database {
            Database::Sqlite => Kind::Files(TempDir::new_in(folder).map_err(Failed::other)?),
            Database::Postgres => server(ServerOf::Postgres).map_err(Failed::other)?,
            Database::MariaDb => server(ServerOf::MariaDb).map_err(Failed::other)?,
        };
        Ok(Server { database, place, made: AtomicU32::new(0) })
    }

    /// A new, empty database: its address. Without TLS, which some of the peers would else use, and others can't.
    pub(crate) async fn create(&self) -> Result<String, Failed> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("bench_{}_{number}", std::process::id());
        match &self.place {
            Kind::Files(folder) => Ok(format!("sqlite://{}/{name}.db", folder.path().display())),
            Kind::Server(found) => {
                self.execute(&format!("CREATE DATABASE {name}")).await?;
                let (server, _) = found.url().rsplit_once('/').unwrap_or((found.url(), ""));
                let without_tls = match self.database {
                    Database::Postgres => "?sslmode=disable",
                    Database::MariaDb => "?ssl-mode=disabled",
                    Database::Sqlite => "",
                };
                Ok(format!("{server}/{name}{without_tls}"))
            }
        }
    }

    /// Removes a database that [`create`](Self::create) has made.
    pub(crate) async fn remove(&self, url: &str) -> Result<(), Failed> {
        let address = url.split('?').next().unwrap_or_default();
        let name = address.rsplit('/').next().unwrap_or_default();
        match self.database {
            Database::Sqlite => {
                let file = url.trim_start_matches("sqlite://");
                for end in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{file}{end}"));
                }
                Ok(())
            }
            Database::Postgres => {
                self.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
            }
            Database::MariaDb => self.execute(&format!("DROP DATABASE IF EXISTS {name}")).await,
        }
    }

    async fn execute(&self, statement: &str) -> Result<(), Failed> {
        let Kind::Server(found) = &self.place else { return Ok(()) };
        match self.database {
            Database::Sqlite => Ok(()),
            Database::Postgres => {
                let mut connection =
                    PgConnection::connect(found.url()).await.map_err(Failed::other)?;
                sqlx::raw_sql(statement).execute(&mut connection).await.map_err(Failed::other)?;
                connection.close().await.map_err(Failed::other)
            }
            Database::MariaDb => {
                let mut connection =
                    MySqlConnection::connect(found.url()).await.map_err(Failed::other)?;
                sqlx::raw_sql(statement).execute(&mut connection).await.map_err(Failed::other)?;
                connection.close().await.map_err(Failed::other)
            }
        }
    }

    /// Its version, and the settings on which durability and speed depend.
    pub(crate) async fn settings(&self) -> Result<String, Failed> {
        self.read_settings().await.map_err(Failed::other)
    }

    async fn read_settings(&self) -> Result<String, sqlx::Error> {
        match &self.place {
            Kind::Files(_) => {
                let mut memory = SqliteConnection::connect("sqlite::memory:").await?;
                let version: String =
                    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut memory).await?;
                Ok(format!("SQLite {version}, journal_mode = WAL, synchronous = FULL"))
            }
            Kind::Server(found) if self.database == Database::Postgres => {
                let mut server = PgConnection::connect(found.url()).await?;
                let names = [
                    "server_version",
                    "fsync",
                    "synchronous_commit",
                    "full_page_writes",
                    "wal_sync_method",
                    "wal_level",
                    "shared_buffers",
                ];
                let mut settings = Vec::new();
                for name in names {
                    let value: String = sqlx::query_scalar("SELECT current_setting($1)")
                        .bind(name)
                        .fetch_one(&mut server)
                        .await?;
                    settings.push(format!("{name} = {value}"));
                }
                Ok(format!("PostgreSQL, {}; by TCP without TLS", settings.join(", ")))
            }
            Kind::Server(found) => {
                let mut server = MySqlConnection::connect(found.url()).await?;
                let rows = sqlx::raw_sql(
                    "SHOW VARIABLES WHERE Variable_name IN ('version', \
                     'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', \
                     'binlog_format', 'innodb_flush_method', 'innodb_buffer_pool_size')",
                )
                .fetch_all(&mut server)
                .await?;
                let mut settings = Vec::new();
                for row in rows {
                    let (name, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
                    settings.push(format!("{name} = {value}"));
                }
                Ok(format!("MariaDB, {}; by TCP without TLS", settings.join(", ")))
            }
        }
    }
}
