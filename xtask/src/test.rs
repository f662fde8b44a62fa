use crate::command::{Outcome, cargo, run as run_command};
use crate::{instructions, minimum, portability};

/// Runs every test, also after one has failed, and says at the end which did.
pub(crate) fn run() -> Outcome {
    let steps: [(&str, fn() -> Outcome); 5] = [
        ("tests", tests),
        ("documentation", documentation),
        ("portability", portability::run),
        ("minimum Rust version", minimum::run),
        ("instructions", instructions::run),
    ];
    let outcomes = steps.map(|(name, step)| (name, step()));
    println!("\n== summary");
    for (name, outcome) in &outcomes {
        match outcome {
            Ok(()) => println!("ok      {name}"),
            Err(message) => println!("FAILED  {name}: {message}"),
        }
    }
    let failed: Vec<_> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn tests() -> Outcome {
    let arguments = ["test", "--workspace", "--all-features", "--all-targets", "--no-fail-fast"];
    run_command("unit, integration and compile-fail tests", cargo(".").args(arguments))
}

fn documentation() -> Outcome {
    let arguments = ["test", "--workspace", "--all-features", "--doc", "--no-fail-fast"];
    run_command("examples in the documentation", cargo(".").args(arguments))
}
