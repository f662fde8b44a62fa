use std::path::Path;
use std::process::Command;

use crate::command::{Outcome, cargo, output, root, run as run_command};

/// How much more the generated dispatch may cost than a match written by hand.
const TOLERANCE: f64 = 0.02;

/// Sizes of two runs: their difference leaves out what a run costs by itself.
const FEW: u64 = 1_000;
const MANY: u64 = 11_000;

/// Counts the instructions of the fold through the generated dispatch and through a match written by hand, and fails
/// where the generated one costs over 2 % more.
pub(crate) fn run() -> Outcome {
    println!("\n== instructions for each event");
    ensure_valgrind()?;
    run_command(
        "build",
        cargo("benches").args(["build", "--release", "--quiet", "--bin", "fold"]),
    )?;
    let program = target().join("release/fold");
    let mut problems = Vec::new();
    println!("{:<16} {:>10} {:>10} {:>8}", "", "generated", "by hand", "ratio");
    for work in ["replay", "apply"] {
        let generated = for_each_event(&program, work, "generated")?;
        let by_hand = for_each_event(&program, work, "by-hand")?;
        let ratio = generated / by_hand;
        println!("{work:<16} {generated:>10.1} {by_hand:>10.1} {ratio:>8.3}");
        if ratio > 1.0 + TOLERANCE {
            problems.push(format!(
                "{work}: {generated:.1} instructions for each event against {by_hand:.1} by hand"
            ));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
}

fn for_each_event(program: &Path, work: &str, how: &str) -> Outcome<f64> {
    let few = count(program, work, how, FEW)?;
    let many = count(program, work, how, MANY)?;
    Ok(many.saturating_sub(few) as f64 / (MANY - FEW) as f64)
}

/// The instructions of one run.
fn count(program: &Path, work: &str, how: &str, events: u64) -> Outcome<u64> {
    let report = target().join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", report.display()));
    output(valgrind.arg(program).args([work, how, &events.to_string()]))?;
    let text = std::fs::read_to_string(&report)
        .map_err(|error| format!("{}: {error}", report.display()))?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("summary: ").or(line.strip_prefix("totals: ")));
    total
        .and_then(|total| total.trim().parse().ok())
        .ok_or_else(|| format!("{} has no total", report.display()))
}

fn target() -> std::path::PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => folder.into(),
        None => root().join("benches/target"),
    }
}

/// Valgrind counts the instructions; it is installed if it isn't there.
fn ensure_valgrind() -> Outcome {
    let is_there = || {
        Command::new("valgrind")
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if is_there() {
        return Ok(());
    }
    run_command("apt-get update", Command::new("apt-get").args(["update", "--quiet"]))?;
    run_command(
        "install valgrind",
        Command::new("apt-get").args(["install", "--yes", "--no-install-recommends", "valgrind"]),
    )?;
    if is_there() {
        Ok(())
    } else {
        Err("valgrind can't be had: install it, and run this again".to_owned())
    }
}
