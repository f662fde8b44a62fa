use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::contenders::{ALL, Entry, LIMIT};
use crate::database::Database;
use crate::race::Pace;
use crate::work::Kind;

pub(crate) const USAGE: &str = "\
usage: stores [OPTION]...

  --database sqlite|postgres|mariadb|memory   only this one; may be repeated
  --work save|update|append|load|lifecycle|subscribers|delivery
                                              only this one; may be repeated
  --contender NAME                            only this one and the limit; may be repeated
  --connections NUMBER                        how many each contender may have
  --backlog NUMBER                            how many events subscribers have to catch up with
  --private-servers                           servers that are started for it, even if others run
  --quick                                     shorter, and less exact
  --publish                                   writes the tables into BENCHMARKS.md
";

/// What to measure.
pub(crate) struct Options {
    databases: Vec<String>,
    works: Vec<String>,
    contenders: Vec<String>,
    pub(crate) pace: Pace,
    pub(crate) connections: Option<u32>,
    backlog: Option<u64>,
    pub(crate) private_servers: bool,
    pub(crate) publish: bool,
    is_quick: bool,
    /// Where results and databases are kept.
    pub(crate) folder: PathBuf,
}

impl Options {
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options {
            databases: Vec::new(),
            works: Vec::new(),
            contenders: Vec::new(),
            pace: Pace {
                repetitions: 5,
                warm_up: Duration::from_millis(100),
                slice: Duration::from_millis(300),
            },
            connections: None,
            backlog: None,
            private_servers: false,
            publish: false,
            is_quick: false,
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench"),
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = |known: &dyn Fn(&str) -> bool| match arguments.next() {
                Some(value) if known(&value) => Ok(value),
                _ => Err(USAGE.to_owned()),
            };
            match argument.as_str() {
                "--database" => options.databases.push(value(&is_database)?),
                "--work" => options.works.push(value(&is_work)?),
                "--contender" => options.contenders.push(value(&is_contender)?),
                "--connections" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    // SQLite has one that writes, and others.
                    let number = number.filter(|number| *number > 1);
                    options.connections = Some(number.ok_or_else(|| USAGE.to_owned())?);
                }
                "--backlog" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    let number = number.filter(|number| *number >= LEAST_BACKLOG);
                    options.backlog = Some(number.ok_or_else(|| USAGE.to_owned())?);
                }
                "--publish" => options.publish = true,
                "--private-servers" => options.private_servers = true,
                "--quick" => {
                    options.is_quick = true;
                    options.pace = Pace {
                        repetitions: 3,
                        warm_up: Duration::from_millis(50),
                        slice: Duration::from_millis(200),
                    };
                }
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.publish && (options.is_quick || !options.is_whole()) {
            return Err(
                "only a whole run is published: --publish goes with no other option but --private-servers".into()
            );
        }
        Ok(options)
    }

    /// Whether nothing is left out or set.
    fn is_whole(&self) -> bool {
        self.databases.is_empty()
            && self.works.is_empty()
            && self.contenders.is_empty()
            && self.connections.is_none()
            && self.backlog.is_none()
    }

    pub(crate) fn databases(&self) -> impl Iterator<Item = Database> + '_ {
        Database::ALL.into_iter().filter(|database| wanted(&self.databases, database.word()))
    }

    /// Whether the fold in memory is wanted.
    pub(crate) fn wants_memory(&self) -> bool {
        wanted(&self.databases, MEMORY)
    }

    pub(crate) fn wants_lifecycle(&self) -> bool {
        wanted(&self.works, LIFECYCLE)
    }

    pub(crate) fn wants_subscribers(&self) -> bool {
        wanted(&self.works, SUBSCRIBERS)
    }

    pub(crate) fn wants_delivery(&self) -> bool {
        wanted(&self.works, DELIVERY)
    }

    /// How many deposits each task makes whose events are delivered meanwhile.
    pub(crate) fn deposits(&self) -> u64 {
        if self.is_quick { 100 } else { 500 }
    }

    /// How many events subscribers have to catch up with.
    pub(crate) fn backlog(&self) -> u64 {
        self.backlog.unwrap_or(if self.is_quick { 100_000 } else { 1_000_000 })
    }

    pub(crate) fn wants(&self, kind: Kind) -> bool {
        wanted(&self.works, kind.word())
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &'static Entry> + '_ {
        ALL.iter().filter(|entry| entry.name == LIMIT || wanted(&self.contenders, entry.name))
    }

    /// How many connections each contender has.
    pub(crate) fn connections(&self, database: Database) -> u32 {
        self.connections.unwrap_or_else(|| database.connections())
    }
}

/// The work that is this library's alone: snapshots and old events.
pub(crate) const LIFECYCLE: &str = "lifecycle";

/// The work of subscribers.
pub(crate) const SUBSCRIBERS: &str = "subscribers";

/// The work of subscribers, beside those of other libraries.
pub(crate) const DELIVERY: &str = "delivery";

/// A view is made of so many of them.
const LEAST_BACKLOG: u64 = 20_000;

/// What the fold is measured in.
pub(crate) const MEMORY: &str = "memory";

fn wanted(named: &[String], word: &str) -> bool {
    named.is_empty() || named.iter().any(|name| name == word)
}

fn is_database(word: &str) -> bool {
    word == MEMORY || Database::ALL.iter().any(|database| database.word() == word)
}

fn is_work(word: &str) -> bool {
    [LIFECYCLE, SUBSCRIBERS, DELIVERY].contains(&word)
        || Kind::ALL.iter().any(|kind| kind.word() == word)
}

fn is_contender(word: &str) -> bool {
    ALL.iter().any(|entry| entry.name == word)
}
