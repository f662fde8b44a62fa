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
#[path = "expansion/names.rs"]
mod names;
#[path = "expansion/natural_id.rs"]
mod natural_id;
#[path = "expansion/plain.rs"]
mod plain;
#[path = "expansion/services.rs"]
mod services;
#[path = "expansion/state_machine.rs"]
mod state_machine;

/// The files, and the types in them whose expansion is shown.
const FILES: [(&str, &[&str]); 9] = [
    ("arguments", &["Tree"]),
    ("conditions", &["Job"]),
    ("default_start", &["Clicks"]),
    ("derives", &["Rename", "Lock", "Renamed", "UserWasLocked", "A", "UserId", "Email"]),
    ("names", &["Price"]),
    ("natural_id", &["Ledger"]),
    ("plain", &["Account"]),
    ("services", &["Wallet"]),
    ("state_machine", &["Order"]),
];

#[test]
fn the_macros_write_what_was_reviewed() {
    let differences: Vec<String> =
        FILES.iter().filter_map(|(file, names)| difference(file, names)).collect();
    assert!(
        differences.is_empty(),
        "{}\n\nif this is as it should be, run it again with UPDATE_EXPANSIONS=1, and review what has changed",
        differences.join("\n")
    );
}

/// How the code that is written differs from the code that was reviewed.
fn difference(file: &str, names: &[&str]) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expansion")
        .join(format!("{file}.expanded.rs"));
    let written = written(file, names);
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(&path, &written).unwrap();
    }
    let reviewed = fs::read_to_string(&path).unwrap_or_default();
    let (mut old, mut new) = (reviewed.lines(), written.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return None,
            (old, new) if old == new => {}
            (old, new) => {
                return Some(format!(
                    "{file}.expanded.rs:{number}\n  reviewed: {}\n  written:  {}",
                    old.unwrap_or("(the end)"),
                    new.unwrap_or("(the end)")
                ));
            }
        }
    }
}

fn written(file: &str, names: &[&str]) -> String {
    let mut written = format!("// What the macros write for the types in {file}.rs.\n");
    for (name, expansion) in names.iter().zip(macro_tests::expansions("expansion", names)) {
        written += &format!("\n// `{name}`\n\n{expansion}\n");
    }
    written
}
