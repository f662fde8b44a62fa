//! The database of version 1.

use std::path::{Path, PathBuf};

use es_sqlx::SqlxEventStore;
use tempfile::TempDir;

/// The file, as it is checked in.
pub const WRITTEN_BY_VERSION_1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/version_1.sqlite");

/// A copy to read, because whoever opens a SQLite database writes beside it.
pub struct WorkingCopy {
    _folder: TempDir,
    pub path: PathBuf,
}

impl WorkingCopy {
    pub fn of(database: impl AsRef<Path>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("parcels.sqlite");
        std::fs::copy(database, &path)?;
        Ok(WorkingCopy { _folder: folder, path })
    }

    pub fn url(&self) -> String {
        url(&self.path)
    }

    pub async fn open(&self) -> anyhow::Result<SqlxEventStore> {
        Ok(SqlxEventStore::connect(&self.url()).await?)
    }
}

/// The address of a file.
pub fn url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}
