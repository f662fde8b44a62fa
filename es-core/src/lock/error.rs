use std::fmt;
use std::io;
use std::path::PathBuf;

use super::UPDATE;
use super::changes::{Changes, Difference};

/// Why the file doesn't fit the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// There is no file. Write it, and check it in.
    #[error(
        "there is no {path}: run this test with {UPDATE}=1 in its environment to write it, and check it in",
        path = path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The program's events aren't those of the file.
    #[error("{}", Told { path, changes })]
    Changed {
        /// The file.
        path: PathBuf,
        /// What is different.
        changes: Changes,
    },
    /// A line of the file can't be read. Restore the file; it isn't written anew, because it may be all that is known of
    /// old versions.
    #[error(
        "line {line} of {path} can't be read: restore it, from version control or by resolving the conflict",
        path = path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The number of the line.
        line: usize,
    },
    /// The file can't be read.
    #[error("can't read {path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file can't be written.
    #[error("can't write {path}: {source}", path = path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file should be written where the changes are only tested.
    #[error("{UPDATE} is set where CI is set too: write the file where you can check it in")]
    NotOnCi,
}

/// The changes, and what to do.
struct Told<'e> {
    path: &'e PathBuf,
    changes: &'e Changes,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(f, "the events of this program aren't those of {path}:")?;
        self.changes.iter().try_for_each(|change| write!(f, "\n* {change}"))?;
        if self.changes.iter().all(|change| change.what == Difference::New) {
            write!(f, "\nRun this test with {UPDATE}=1 in its environment, and check the file in.")
        } else {
            write!(
                f,
                "\nIf none of the changed events was ever stored but in tests, run this test with {UPDATE}=1 in its \
                 environment, and check the file in."
            )
        }
    }
}
