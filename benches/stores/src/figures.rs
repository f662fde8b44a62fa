//! The results for programs.

use serde::Serialize;

use crate::contenders::LIMIT;
use crate::lifecycle::Compared;
use crate::memory::{self, Folded};
use crate::options::{LIFECYCLE, MEMORY};
use crate::race::Results;
use crate::report::limit_of;

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

/// What was measured on a database.
pub(crate) fn on(results: &Results) -> Vec<Figure> {
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

/// What was measured of the fold.
pub(crate) fn in_memory(folded: &[Folded]) -> Vec<Figure> {
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

/// What was measured of snapshots and old events; the limit is what each is compared with.
pub(crate) fn of_lifecycle(compared: &[Compared]) -> Vec<Figure> {
    let figure = |one: &Compared| {
        let median = one.cell.median()?;
        Some(Figure {
            database: one.database.word(),
            work: LIFECYCLE,
            tasks: 1,
            events: one.events,
            contender: one.what,
            median,
            unit: UNIT,
            ratio_to_limit: one.limit.median().map(|limit| median / limit),
        })
    };
    compared.iter().filter_map(figure).collect()
}
