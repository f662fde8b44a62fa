use crate::command::{Outcome, cargo, run as run_command};

/// Runs the benchmarks; what follows the word `bench` selects among them, see `cargo xtask bench --help`.
pub(crate) fn run() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(2).collect();
    if arguments.is_empty() {
        run_command(
            "the fold of events, in nanoseconds",
            cargo("benches").args(["bench", "--bench", "fold"]),
        )?;
    }
    let mut stores = cargo("benches");
    stores.args(["run", "--release", "--quiet", "--package", "stores", "--"]).args(arguments);
    // The queries of es-entity were checked against its tables, and what was found lies in `.sqlx`.
    run_command("the stores", stores.env("SQLX_OFFLINE", "true"))
}
