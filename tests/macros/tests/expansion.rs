//! What the macros write, as formatted code: `expansion/*.expanded.rs` is reviewed as if it were written by hand.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p macro-tests --test expansion` writes the expected code anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "these aggregates are compiled, read and never run"
)]

use std::path::Path;
use std::{env, fs};

#[path = "expansion/arguments.rs"]
mod arguments;
#[path = "expansion/conditions.rs"]
mod conditions;
#[path = "expansion/default_start.rs"]
mod default_start;
#[path = "expansion/derives.rs"]
mod derives;
#[path = "expansion/evolution.rs"]
mod evolution;
#[path = "expansion/names.rs"]
mod names;
#[path = "expansion/natural_id.rs"]
mod natural_id;
#[path = "expansion/plain.rs"]
mod plain;
#[path = "expansion/services.rs"]
mod services;
#[path = "expansion/snapshots.rs"]
mod snapshots;
#[path = "expansion/state_machine.rs"]
mod state_machine;
#[path = "expansion/subscriber.rs"]
mod subscriber;

/// The files, and the types in them whose expansion is shown.
const FILES: [(&str, &[&str]); 12] = [
    ("arguments", &["Tree"]),
    ("conditions", &["Job"]),
    ("default_start", &["Clicks"]),
    ("derives", &["Rename", "Lock", "Renamed", "UserWasLocked", "A", "UserId", "Email"]),
    ("evolution", &["Gauge", "Installed", "Answered"]),
    ("names", &["Price"]),
    ("natural_id", &["Ledger"]),
    ("plain", &["Account"]),
    ("services", &["Wallet"]),
    ("snapshots", &["Counter", "Meter"]),
    ("state_machine", &["Order"]),
    ("subscriber", &["OrderHistory", "OpenOrders"]),
];

#[test]
fn the_macros_write_what_was_reviewed() {
    let names: Vec<&str> = FILES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let mut expansions = names.iter().zip(macro_tests::expansions("expansion", &names));
    let differences = FILES.iter().filter_map(|(file, names)| {
        let mut written = format!("// What the macros write for the types in {file}.rs.\n");
        for (name, expansion) in expansions.by_ref().take(names.len()) {
            written += &format!("\n// `{name}`\n\n{expansion}\n");
        }
        difference(file, &written)
    });
    let differences: Vec<String> = differences.collect();
    assert!(
        differences.is_empty(),
        "{}\n\nif this is as it should be, run it again with UPDATE_EXPANSIONS=1, and review what has changed",
        differences.join("\n")
    );
}

/// Where the code that is written first differs from the code that was reviewed.
fn difference(file: &str, written: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expansion")
        .join(format!("{file}.expanded.rs"));
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(&path, written).unwrap();
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_default();
    let lines = reviewed.lines().count().max(written.lines().count());
    let end = || std::iter::repeat("(the end)");
    let pairs = reviewed.lines().chain(end()).zip(written.lines().chain(end())).take(lines);
    let (number, (old, new)) = pairs.enumerate().find(|(_, (old, new))| old != new)?;
    Some(format!("{file}.expanded.rs:{}\n  reviewed: {old}\n  written:  {new}", number + 1))
}
