use crate::command::{Outcome, cargo, run as run_command};

/// Runs the benchmarks.
pub(crate) fn run() -> Outcome {
    run_command(
        "the fold of events, in nanoseconds",
        cargo("benches").args(["bench", "--bench", "fold"]),
    )
}
