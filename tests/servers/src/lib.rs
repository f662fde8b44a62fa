//! What the tests need beside the program: database servers, those that the environment names or that run already, else
//! private ones, installed if they aren't there and started on free ports; disks that can be full; and what drives a
//! browser.

mod browser;
mod install;
mod mariadb;
mod postgres;
mod private;
mod small_disk;

use std::env;
use std::path::Path;

pub use self::browser::{CHROMEDRIVER, chromedriver};
pub use self::private::Server;
pub use self::small_disk::SmallDisk;

/// What can go wrong, as a sentence for people.
pub type Outcome<T = ()> = Result<T, String>;

/// A database whose server tests need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    MariaDb,
}

/// A server for tests.
#[derive(Debug)]
pub enum Found {
    /// It runs already, and goes on after the tests.
    Running {
        /// Its address.
        url: String,
    },
    /// It was started, and is stopped when this is dropped.
    Private(Box<Server>),
}

impl Found {
    /// The server's address.
    pub fn url(&self) -> &str {
        match self {
            Found::Running { url } => url,
            Found::Private(server) => server.url(),
        }
    }
}

impl Database {
    /// All of them.
    pub const ALL: [Database; 2] = [Database::Postgres, Database::MariaDb];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Database::Postgres => "PostgreSQL",
            Database::MariaDb => "MariaDB",
        }
    }

    /// The environment variable that names a server, and in which tests find one.
    pub fn variable(self) -> &'static str {
        match self {
            Database::Postgres => "ES_TEST_POSTGRES_URL",
            Database::MariaDb => "ES_TEST_MYSQL_URL",
        }
    }

    /// The server that the environment names, or one that runs on this machine, or a private one whose files are in a
    /// new folder below `folder`.
    ///
    /// # Errors
    /// Where there is none, and none can be installed or started.
    pub fn find(self, folder: &Path) -> Outcome<Found> {
        if let Ok(url) = env::var(self.variable()) {
            return Ok(Found::Running { url });
        }
        let running = match self {
            Database::Postgres => postgres::running(),
            Database::MariaDb => mariadb::running(),
        };
        match running {
            Some(url) => Ok(Found::Running { url }),
            None => self.start(folder).map(Box::new).map(Found::Private),
        }
    }

    /// A private server whose files are in a new folder below `folder`.
    ///
    /// # Errors
    /// Where it can't be installed or started.
    pub fn start(self, folder: &Path) -> Outcome<Server> {
        match self {
            Database::Postgres => postgres::start(folder),
            Database::MariaDb => mariadb::start(folder),
        }
    }
}
