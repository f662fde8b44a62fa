//! The tables for people.

use std::fmt::Write as _;

use crate::check::short;
use crate::compared::Compared;
use crate::contenders::{ABSENT, Entry, LIMIT};
use crate::database::Database;
use crate::delivery::{Delivered, Verdict};
use crate::memory::Folded;
use crate::race::{Cell, Results};
use crate::work::Kind;

pub(crate) fn limit_of(results: &Results, work: usize) -> Option<f64> {
    results.lines.iter().find(|line| line.entry.name == LIMIT)?.cells[work].median()
}

/// The tables of a database, and what their cells without a figure mean.
pub(crate) fn tables(results: &Results) -> String {
    let database = results.database;
    let mut notes = Vec::new();
    let tables: Vec<String> = [[Kind::Save, Kind::Update], [Kind::Append, Kind::Load]]
        .into_iter()
        .filter_map(|kinds| table(results, &kinds, &mut notes))
        .collect();
    let notes = notes.iter().zip(1..).map(|(note, number)| format!("[{number}] {note}"));
    let absent = ABSENT.iter().filter(|(on, _)| *on == database);
    let heading = format!(
        "### {}\n\n{}; {} connections for each; measured in {} s.\n",
        database.name(),
        results.settings,
        results.connections,
        results.took.as_secs()
    );
    let paragraphs = [heading]
        .into_iter()
        .chain(tables)
        .chain(notes.map(|note| note + "\n"))
        .chain(absent.map(|(_, reason)| format!("Not here: {reason}\n")));
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// The table of works of these kinds, a line for each contender.
fn table(results: &Results, kinds: &[Kind], notes: &mut Vec<String>) -> Option<String> {
    let columns: Vec<usize> =
        (0..results.works.len()).filter(|&n| kinds.contains(&results.works[n].kind)).collect();
    columns.first()?;
    // What is found out by saving and updating is told beside it.
    let is_told = kinds.contains(&Kind::Update);
    let mut text = "| |".to_owned();
    for &n in &columns {
        let _ = write!(text, " {} |", results.works[n]);
    }
    text.push_str(if is_told { " correct |\n" } else { "\n" });
    text.push_str("| --- |");
    columns.iter().for_each(|_| text.push_str(" --: |"));
    text.push_str(if is_told { " --- |\n" } else { "\n" });
    for line in &results.lines {
        if !kinds.iter().any(|kind| line.entry.works.contains(kind)) {
            continue;
        }
        let _ = write!(text, "| {} |", line.entry.name);
        for &n in &columns {
            text.push_str(&match (&line.cells[n], line.cells[n].median(), limit_of(results, n)) {
                (_, Some(median), Some(limit)) => {
                    format!(" {} ({}) |", rounded(median), ratio(median / limit))
                }
                (_, Some(median), None) => format!(" {} |", rounded(median)),
                (Cell::No(reason), ..) => {
                    let note = format!("{}: {}", line.entry.name, short(reason));
                    format!(" no [{}] |", number_of(note, notes))
                }
                (Cell::Micros(_), ..) => " |".to_owned(),
            });
        }
        text.push_str(&if is_told { format!(" {} |\n", line.correct) } else { "\n".to_owned() });
    }
    Some(text)
}

fn number_of(note: String, notes: &mut Vec<String>) -> usize {
    let known = notes.iter().position(|known| *known == note);
    known.unwrap_or_else(|| {
        notes.push(note);
        notes.len() - 1
    }) + 1
}

pub(crate) fn table_in_memory(folded: &[Folded]) -> String {
    let mut text = "### In memory\n\n| | fold of 1,000 events |\n| --- | --: |\n".to_owned();
    let limit = folded.iter().find(|one| one.contender == LIMIT).and_then(|one| one.cell.median());
    for one in folded {
        if let (Some(median), Some(limit)) = (one.cell.median(), limit) {
            let ratio = ratio(median / limit);
            let _ = writeln!(text, "| {} | {} ({ratio}) |", one.contender, rounded(median));
        }
    }
    text
}

pub(crate) fn table_compared(compared: &[Compared]) -> String {
    let mut text = "### Snapshots, old events, subscribers\n\n\
                    | | | compared with | ratio | goal |\n| --- | --- | --- | --: | --- |\n"
        .to_owned();
    for one in compared {
        let Some(median) = one.median() else { continue };
        let Compared { database, what, unit, against, .. } = one;
        let against = match (against, one.limit()) {
            (Some(against), Some(limit)) => {
                format!(" {}: {} {unit} ", against.what, rounded(limit))
            }
            _ => " ".to_owned(),
        };
        let _ = writeln!(
            text,
            "| {} | {what}: {} {unit} |{against}|{}|{}|",
            database.name(),
            rounded(median),
            one.ratio().map_or_else(|| " ".to_owned(), |value| format!(" {} ", ratio(value))),
            one.goal().map_or_else(|| " ".to_owned(), |goal| format!(" {goal} ")),
        );
    }
    text
}

pub(crate) fn table_delivered(delivered: &[Delivered]) -> String {
    let mut text = "### Subscriptions\n\n\
                    | | | catch-up, for each event | lost | again | out of order |\n\
                    | --- | --- | --: | --: | --: | --: |\n"
        .to_owned();
    for one in delivered {
        let limit = limit_of_delivered(delivered, one.database);
        let catch_up = match (&one.catch_up, one.catch_up.median(), limit) {
            (Cell::No(reason), ..) => short(reason),
            (_, Some(median), Some(limit)) => {
                format!("{} ({})", rounded(median), ratio(median / limit))
            }
            (_, Some(median), None) => rounded(median),
            (_, None, _) => String::new(),
        };
        let verdict = match &one.verdict {
            Ok(Verdict { written, lost, again, disordered }) => {
                format!("{} of {} | {again} | {disordered}", whole(*lost), whole(*written))
            }
            Err(error) => format!("{} | |", short(error)),
        };
        let (database, contender) = (one.database.name(), one.contender);
        let _ = writeln!(text, "| {database} | {contender} | {catch_up} | {verdict} |");
    }
    text
}

pub(crate) fn limit_of_delivered(delivered: &[Delivered], database: Database) -> Option<f64> {
    let is_limit = |one: &&Delivered| one.database == database && one.contender == LIMIT;
    delivered.iter().find(is_limit)?.catch_up.median()
}

/// The versions of what was measured, as `Cargo.lock` has them.
pub(crate) fn versions(entries: &[&'static Entry]) -> String {
    let mut packages: Vec<&str> =
        entries.iter().flat_map(|entry| entry.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    let versions: Vec<_> = packages.into_iter().filter_map(version).collect();
    versions.join(", ")
}

fn version(package: &str) -> Option<String> {
    const LOCK: &str = include_str!("../../Cargo.lock");
    let (name, major) = package.split_once('@').unwrap_or((package, ""));
    LOCK.split("[[package]]")
        .filter_map(|entry| {
            let field = |field: &str| {
                let line = entry.lines().find_map(|line| line.strip_prefix(field))?;
                Some(line.trim_matches(['=', ' ', '"']))
            };
            let version = field("version")?;
            (field("name")? == name && version.starts_with(major))
                .then(|| format!("{name} {version}"))
        })
        .next()
}

fn rounded(value: f64) -> String {
    if value < 9.95 { format!("{value:.1}") } else { whole(value.round() as u64) }
}

/// With a comma between thousands, from ten thousand on.
pub(crate) fn whole(value: u64) -> String {
    let digits = value.to_string();
    if value < 10_000 {
        return digits;
    }
    let mut text = String::new();
    for (n, digit) in digits.char_indices() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn ratio(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_what_they_are_worth() {
        assert_eq!(rounded(4.26), "4.3");
        assert_eq!(rounded(281.4), "281");
        assert_eq!(rounded(12_003.9), "12,004");
        assert_eq!(rounded(19_999.7), "20,000");
        assert_eq!(rounded(1_896_444.8), "1,896,445");
    }

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert!(version("cqrs-es").is_some_and(|version| version.starts_with("cqrs-es 0.")));
        assert!(version("sqlx@0.9").is_some_and(|version| version.starts_with("sqlx 0.9")));
        assert_eq!(version("no-such-package"), None);
    }
}
