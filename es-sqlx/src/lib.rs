//! The event store of `es-core` on SQL databases, over [sqlx].
//!
//! ```no_run
//! use es_sqlx::SqlxEventStore;
//!
//! # async fn open() -> Result<(), es_core::store::StoreError> {
//! let store = SqlxEventStore::connect("sqlite://bank.db").await?; // creates the file and its tables
//! # Ok(())
//! # }
//! ```
//!
//! | database | feature | address |
//! | --- | --- | --- |
//! | SQLite 3, bundled | `sqlite` (default) | `sqlite://bank.db`, `sqlite:///var/lib/bank.db`, `sqlite::memory:` |
//! | PostgreSQL 15 and later | `postgres` | `postgres://user:password@host/database`, `postgresql://…` |
//! | MariaDB 10.11 and later, MySQL 8 | `mysql` | `mysql://user:password@host/database`, `mariadb://…` |
//!
//! Connections to servers are encrypted with the feature `tls`, where the server can.
//!
//! # What is kept
//!
//! The tables are `events`, `entities`, `processed_messages` and `snapshots`, on servers `positions` and `sequencer` (and
//! `unsequenced` on MariaDB and MySQL) for the order of all events, and `event_store_schema` for the version of them; a
//! [prefix](SqlxEventStoreBuilder::table_prefix) sets them apart from tables of the application. They are created and
//! migrated by connecting, however many processes connect at once. Migrations of the application itself, by sqlx or
//! anything else, can live in the same database.

mod address;
#[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "the others use a part of it"))]
mod connections;
mod feed;
mod gather;
mod group;
mod later;
mod migrate;
#[cfg(feature = "mysql")]
mod mysql;
mod options;
#[cfg(feature = "postgres")]
mod postgres;
mod prefix;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statement;
mod store;
mod subscriptions;
mod transaction;

#[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
compile_error!("es-sqlx needs a database: enable its feature `sqlite`, `postgres` or `mysql`");

pub use self::options::{Durability, SqlxEventStoreBuilder};
pub use self::store::SqlxEventStore;
pub use self::transaction::SqlxTransactionExt;
pub use sqlx;
