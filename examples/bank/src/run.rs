//! Runs the commands of a file, each in one transaction with the note that it was run.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use es_core::{AggregateRepository, EventStore, Failure, RepositoryError, Transaction};
use es_sqlx::SqlxEventStore;
use tokio::io::AsyncReadExt;

use crate::line::Line;
use crate::progress::Progress;
use bank::domain::Account;

type Accounts = AggregateRepository<Account>;

/// What became of the lines.
#[derive(Default)]
struct Tally {
    done: u64,
    duplicate: u64,
    rejected: u64,
    malformed: u64,
}

/// What became of one line.
enum Outcome {
    Done,
    Duplicate,
    Rejected(String),
    Malformed(String),
}

/// Runs a file from where its last run stopped, or standard input (`-`) from its beginning.
pub(crate) async fn run(
    store: &SqlxEventStore,
    accounts: &Accounts,
    file: &str,
) -> anyhow::Result<()> {
    let text = read(file).await?;
    let lines: Vec<&str> = text.lines().collect();
    let mut progress = match file {
        "-" => None,
        _ => Some(Progress::read(store, name(file)?).await?),
    };
    let before = progress.as_ref().map_or(0, |progress| progress.lines);
    if let Some(progress) = &progress {
        progress.check(&lines)?;
    }

    let mut tally = Tally::default();
    for (number, line) in (1..).zip(&lines).skip(usize::try_from(before)?) {
        let mut transaction = store.begin().await?;
        let outcome = execute(accounts, &mut transaction, line)
            .await
            .with_context(|| format!("line {number}"))?;
        if let Some(progress) = &mut progress {
            progress.advance(&mut transaction, line).await?;
        }
        transaction.commit().await.with_context(|| format!("line {number}"))?;
        tally.count(number, outcome)?;
    }

    if before > 0 {
        writeln!(io::stdout(), "{before} lines were run before")?;
    }
    writeln!(
        io::stdout(),
        "{} lines: {} done, {} duplicates, {} rejected, {} malformed",
        lines.len() as u64 - before,
        tally.done,
        tally.duplicate,
        tally.rejected,
        tally.malformed
    )?;
    Ok(())
}

/// Runs one line. What is wrong with the line is an outcome; an error is what keeps any line from being run.
async fn execute(
    accounts: &Accounts,
    transaction: &mut Transaction,
    line: &str,
) -> anyhow::Result<Outcome> {
    let line = match Line::parse(line) {
        Ok(line) => line,
        Err(error) => return Ok(Outcome::Malformed(error.to_string())),
    };
    let mut dispatch = accounts
        .within(transaction)
        .dispatch(&line.account, line.command)
        .triggered_by(line.message)
        .metadata("sent_at", line.at)
        .user(line.by);
    if let Some(why) = line.why {
        dispatch = dispatch.reason(why);
    }
    match dispatch.await {
        Ok(account) if account.is_duplicate() => Ok(Outcome::Duplicate),
        Ok(_) => Ok(Outcome::Done),
        Err(RepositoryError::Rejected(error)) => Ok(Outcome::Rejected(error.to_string())),
        Err(RepositoryError::Failed(
            failure @ (Failure::NotFound { .. } | Failure::AlreadyExists { .. }),
        )) => Ok(Outcome::Rejected(failure.to_string())),
        Err(RepositoryError::Failed(failure @ Failure::InvalidId { .. })) => {
            Ok(Outcome::Malformed(failure.to_string()))
        }
        Err(RepositoryError::Failed(failure)) => Err(failure.into()),
    }
}

impl Tally {
    fn count(&mut self, number: u64, outcome: Outcome) -> io::Result<()> {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::Rejected(reason) => {
                self.rejected += 1;
                writeln!(io::stdout(), "line {number}: rejected: {reason}")?;
            }
            Outcome::Malformed(reason) => {
                self.malformed += 1;
                writeln!(io::stdout(), "line {number}: malformed: {reason}")?;
            }
        }
        Ok(())
    }
}

async fn read(file: &str) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == "-" {
        tokio::io::stdin().read_to_end(&mut bytes).await.context("standard input")?;
    } else {
        bytes = tokio::fs::read(file).await.with_context(|| file.to_owned())?;
    }
    // A line that isn't UTF-8 becomes one that isn't JSON, and is reported as such.
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// The file's name, the same from whatever folder it is run.
fn name(file: &str) -> anyhow::Result<String> {
    let path = Path::new(file).canonicalize().with_context(|| file.to_owned())?;
    Ok(path.to_string_lossy().into_owned())
}
