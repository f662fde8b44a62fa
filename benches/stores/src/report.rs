//! The tables for people, and the results for programs.

use std::fmt::Write as _;

use serde::Serialize;

use crate::check::short;
use crate::contenders::{Entry, LIMIT};
use crate::memory::{self, Folded};
use crate::options::MEMORY;
use crate::race::{Cell, Results};

/// One figure, as it is written to `results.json`.
#[derive(Serialize)]
pub(crate) struct Figure {
    database: &'static str,
    work: &'static str,
    tasks: usize,
    events: u64,
    contender: &'static str,
    median: f64,
    unit: &'static str,
    ratio_to_limit: Option<f64>,
}

const UNIT: &str = "µs per operation";

pub(crate) fn figures(results: &Results) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (n, work) in results.works.iter().enumerate() {
        let limit = limit_of(results, n);
        for line in &results.lines {
            let Some(median) = line.cells[n].median() else { continue };
            figures.push(Figure {
                database: results.database.word(),
                work: work.kind.word(),
                tasks: work.tasks,
                events: work.events,
                contender: line.entry.name,
                median,
                unit: UNIT,
                ratio_to_limit: limit.map(|limit| median / limit),
            });
        }
    }
    figures
}

pub(crate) fn figures_in_memory(folded: &[Folded]) -> Vec<Figure> {
    let limit = folded.iter().find(|one| one.contender == LIMIT).and_then(|one| one.cell.median());
    let figure = |one: &Folded| {
        let median = one.cell.median()?;
        Some(Figure {
            database: MEMORY,
            work: "fold",
            tasks: 1,
            events: memory::EVENTS,
            contender: one.contender,
            median,
            unit: UNIT,
            ratio_to_limit: limit.map(|limit| median / limit),
        })
    };
    folded.iter().filter_map(figure).collect()
}

fn limit_of(results: &Results, work: usize) -> Option<f64> {
    results.lines.iter().find(|line| line.entry.name == LIMIT)?.cells[work].median()
}

/// The table of a database, and what its empty cells mean.
pub(crate) fn table(results: &Results) -> String {
    let mut text = format!("### {}\n\n{}\n\n", results.database.name(), results.settings);
    let mut notes: Vec<String> = Vec::new();
    text.push_str("| |");
    for work in &results.works {
        let _ = write!(text, " {work} |");
    }
    text.push_str(" correct |\n| --- |");
    results.works.iter().for_each(|_| text.push_str(" --: |"));
    text.push_str(" --- |\n");
    for line in &results.lines {
        let _ = write!(text, "| {} |", line.entry.name);
        for (n, cell) in line.cells.iter().enumerate() {
            match (cell, cell.median(), limit_of(results, n)) {
                (_, Some(median), Some(limit)) => {
                    let ratio = ratio(median / limit);
                    let _ = write!(text, " {} ({ratio}) |", rounded(median));
                }
                (_, Some(median), None) => drop(write!(text, " {} |", rounded(median))),
                (Cell::No(reason), ..) => {
                    let note = format!("{}: {}", line.entry.name, short(reason));
                    let number = notes.iter().position(|known| *known == note);
                    let number = number.unwrap_or_else(|| {
                        notes.push(note);
                        notes.len() - 1
                    });
                    let _ = write!(text, " no [{}] |", number + 1);
                }
                (Cell::Micros(_), ..) => text.push_str(" |"),
            }
        }
        let _ = writeln!(text, " {} |", line.correct);
    }
    for (n, note) in notes.iter().enumerate() {
        let _ = writeln!(text, "\n[{}] {note}", n + 1);
    }
    text
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

fn rounded(micros: f64) -> String {
    match micros {
        _ if micros < 10.0 => format!("{micros:.1}"),
        _ if micros < 10_000.0 => format!("{micros:.0}"),
        _ => format!("{:.0},{:03.0}", (micros / 1_000.0).floor(), micros % 1_000.0),
    }
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
    }

    #[test]
    fn versions_are_those_of_the_lock_file() {
        assert!(version("cqrs-es").is_some_and(|version| version.starts_with("cqrs-es 0.")));
        assert!(version("sqlx@0.9").is_some_and(|version| version.starts_with("sqlx 0.9")));
        assert_eq!(version("no-such-package"), None);
    }
}
