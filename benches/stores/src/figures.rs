//! The results for programs.

use serde::Serialize;

use crate::compared::Compared;
use crate::contenders::LIMIT;
use crate::delivery::{Delivered, Verdict};
use crate::memory::{self, Folded};
use crate::options::{DELIVERY, MEMORY};
use crate::race::Results;
use crate::report::{limit_of, limit_of_delivered};

/// One figure, as it is written to `results.json`.
#[derive(Serialize)]
pub(crate) struct Figure {
    database: &'static str,
    work: &'static str,
    tasks: usize,
    events: u64,
    contender: String,
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
                contender: line.entry.name.to_owned(),
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
            contender: one.contender.to_owned(),
            median,
            unit: UNIT,
            ratio_to_limit: limit.map(|limit| median / limit),
        })
    };
    folded.iter().filter_map(figure).collect()
}

/// What was measured of this library alone; the limit is what each is compared with.
pub(crate) fn compared(compared: &[Compared]) -> Vec<Figure> {
    let figure = |one: &Compared| {
        Some(Figure {
            database: one.database.word(),
            work: one.work,
            tasks: one.tasks,
            events: one.events,
            contender: one.what.clone(),
            median: one.median()?,
            unit: one.unit.words(),
            ratio_to_limit: one.ratio(),
        })
    };
    compared.iter().filter_map(figure).collect()
}

/// What was measured of subscriptions: a time, and how many events didn't arrive as they should.
pub(crate) fn delivered(delivered: &[Delivered]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for one in delivered {
        let figure = |events, median, unit, ratio_to_limit| Figure {
            database: one.database.word(),
            work: DELIVERY,
            tasks: 1,
            events,
            contender: one.contender.to_owned(),
            median,
            unit,
            ratio_to_limit,
        };
        if let Some(median) = one.catch_up.median() {
            let limit = limit_of_delivered(delivered, one.database);
            let ratio = limit.map(|limit| median / limit);
            figures.push(figure(one.events, median, "µs per event", ratio));
        }
        if let Ok(Verdict { written, lost, again, disordered }) = one.verdict {
            figures.push(figure(written, lost as f64, "events lost", None));
            figures.push(figure(written, again as f64, "events again", None));
            figures.push(figure(written, disordered as f64, "events out of order", None));
        }
    }
    figures
}
