//! Who takes part: one file for each.

mod cqrs_es;
pub(crate) mod disintegrate;
mod es_entity;
mod esrs;
pub(crate) mod evento;
pub(crate) mod limit;
pub(crate) mod ours;
pub(crate) mod pool;

use std::sync::Arc;

use crate::contender::{Contender, Run};
use crate::database::Database::{self, MariaDb, Postgres, Sqlite};
use crate::place::Place;
use crate::work::Kind;

/// The name of the limit, against which all are held.
pub(crate) const LIMIT: &str = "limit";

/// One that takes part.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// The packages whose versions are told.
    pub(crate) packages: &'static [&'static str],
    pub(crate) open: &'static [(Database, Open)],
    /// What it is measured with.
    pub(crate) works: &'static [Kind],
}

type Open = fn(Place) -> Run<'static, Arc<dyn Contender>>;

impl Entry {
    /// How it is opened on this database, if it knows it.
    pub(crate) fn on(&self, database: Database) -> Option<Open> {
        self.open.iter().find(|(known, _)| *known == database).map(|(_, open)| *open)
    }
}

pub(crate) const ALL: &[Entry] = &[
    Entry {
        name: LIMIT,
        packages: &["sqlx@0.9"],
        open: &[
            (Sqlite, limit::open_sqlite),
            (Postgres, limit::open_postgres),
            (MariaDb, limit::open_mysql),
        ],
        works: &Kind::ALL,
    },
    Entry {
        name: "es-sqlx",
        packages: &["es-sqlx", "sqlx@0.9"],
        open: &[(Sqlite, ours::open), (Postgres, ours::open), (MariaDb, ours::open)],
        works: &Kind::ALL,
    },
    Entry {
        name: "es-sqlx, cached",
        packages: &["es-sqlx", "sqlx@0.9"],
        open: &[
            (Sqlite, ours::open_with_cache),
            (Postgres, ours::open_with_cache),
            (MariaDb, ours::open_with_cache),
        ],
        works: &[Kind::Update],
    },
    Entry {
        name: "es-sqlx, no group commit",
        packages: &["es-sqlx", "sqlx@0.9"],
        open: &[
            (Sqlite, ours::open_without_group_commit),
            (Postgres, ours::open_without_group_commit),
            (MariaDb, ours::open_without_group_commit),
        ],
        works: &[Kind::Save, Kind::Update],
    },
    Entry {
        name: "cqrs-es",
        packages: &["cqrs-es", "postgres-es", "mysql-es", "sqlite-es", "sqlx@0.8"],
        open: &[(Sqlite, cqrs_es::open), (Postgres, cqrs_es::open), (MariaDb, cqrs_es::open)],
        works: &Kind::ALL,
    },
    Entry {
        name: "evento",
        packages: &["evento", "sqlx@0.8"],
        open: &[(Sqlite, evento::open), (Postgres, evento::open), (MariaDb, evento::open)],
        works: &Kind::ALL,
    },
    Entry {
        name: "esrs",
        packages: &["esrs", "sqlx@0.8"],
        open: &[(Postgres, esrs::open)],
        works: &Kind::ALL,
    },
    Entry {
        name: "disintegrate",
        packages: &["disintegrate", "disintegrate-postgres", "sqlx@0.8"],
        open: &[(Postgres, disintegrate::open)],
        works: &Kind::ALL,
    },
    Entry {
        name: "es-entity",
        packages: &["es-entity", "sqlx@0.8"],
        open: &[(Postgres, es_entity::open)],
        works: &Kind::ALL,
    },
];

/// Those that were to take part on a database and can't, and why.
pub(crate) const ABSENT: &[(Database, &str)] = &[(
    Postgres,
    "eventually 0.4.0 with eventually-postgres 0.2.0, the newest that are published, doesn't build: it needs \
     refinery-core 0.3, which uses `serde::export`, and serde has had none since 1.0.119.",
)];
