//! What is measured of this library alone: a line of a table, and what it is held against.

use std::fmt;

use crate::database::Database;
use crate::race::median;

/// Something that was measured, and another thing that was measured in turn with it.
pub(crate) struct Compared {
    pub(crate) database: Database,
    /// The word that selects it.
    pub(crate) work: &'static str,
    pub(crate) what: String,
    pub(crate) tasks: usize,
    pub(crate) events: u64,
    pub(crate) unit: Unit,
    /// Of each turn.
    pub(crate) measured: Vec<f64>,
    pub(crate) against: Option<Against>,
    pub(crate) goal: Option<Goal>,
}

/// What something is held against, in the same unit.
pub(crate) struct Against {
    pub(crate) what: String,
    pub(crate) measured: Vec<f64>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Micros,
    Millis,
    PerSecond,
    Mebibytes,
}

/// What it should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    Below(f64),
    RatioOfAtLeast(f64),
    RatioOfAtMost(f64),
}

impl Compared {
    pub(crate) fn median(&self) -> Option<f64> {
        median(&self.measured)
    }

    /// The median of what it is held against.
    pub(crate) fn limit(&self) -> Option<f64> {
        median(&self.against.as_ref()?.measured)
    }

    pub(crate) fn ratio(&self) -> Option<f64> {
        Some(self.median()? / self.limit()?)
    }

    /// The goal in words.
    pub(crate) fn goal(&self) -> Option<String> {
        Some(match self.goal? {
            Goal::Below(most) => format!("below {most} {}", self.unit),
            Goal::RatioOfAtLeast(least) => format!("ratio of at least {least}"),
            Goal::RatioOfAtMost(most) => {
                format!("ratio of at most {}", (most * 100.0).round() / 100.0)
            }
        })
    }
}

impl Unit {
    /// As it is written to results.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Unit::Micros => "µs",
            Unit::Millis => "ms",
            Unit::PerSecond => "per second",
            Unit::Mebibytes => "MiB",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::PerSecond => "/s",
            unit => unit.words(),
        })
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { database, what, unit, measured, against, .. } = self;
        write!(f, "{:<12} {what}: {} {unit}", database.name(), spread(measured))?;
        if let Some(Against { what, measured }) = against {
            write!(f, "; {what}: {} {unit}", spread(measured))?;
        }
        Ok(())
    }
}

/// The median, and between what all are.
fn spread(measured: &[f64]) -> String {
    let low = measured.iter().copied().fold(f64::INFINITY, f64::min);
    let high = measured.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match median(measured) {
        Some(median) => format!("{median:.1} ({low:.1} to {high:.1})"),
        None => "nothing".to_owned(),
    }
}
