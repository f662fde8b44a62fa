//! The file that keeps the shapes of stored events, through real files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

#[path = "events_lock/domains.rs"]
mod domains;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use es_core::lock::{self, Difference, LockError};
use es_core::registry::{self, AggregateInfo};

/// A file in a folder of its own.
struct File {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl File {
    /// Where there is no file yet.
    fn missing() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.lock");
        File { _folder: folder, path }
    }

    /// As it was written for this program.
    fn written_for(module: &str) -> Self {
        let file = File::missing();
        lock::write(&file.path, &program(module)).unwrap();
        file
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// What is said of this program.
    fn refusal(&self, module: &str) -> String {
        lock::check(&self.path, &program(module)).unwrap_err().to_string()
    }
}

/// The aggregates of a module, which stands for a state of the program.
fn program(module: &str) -> Vec<&'static AggregateInfo> {
    let module = format!("::{module}::");
    let aggregates = registry::aggregates().into_iter();
    let found: Vec<_> = aggregates.filter(|found| found.rust_type.contains(&module)).collect();
    assert!(!found.is_empty(), "{module}");
    found
}

#[track_caller]
fn assert_says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part}\n---\n{said}");
    }
}

#[test]
fn the_file_has_the_shape_of_each_event_by_aggregate_name_and_version() {
    let file = File::written_for("first");
    let text = file.text();
    let (comments, shapes) = text.split_once("\n\n").unwrap();
    assert!(comments.lines().all(|line| line.starts_with("# ")), "{comments}");
    assert_eq!(
        shapes,
        "\
Account
    Closed version 1
        {}
    Opened version 1
        kind: enum { Private, Shared }
        owner: string
    Withdrawn version 1
        amount: u32
        note: string?

Shop
    Sold version 1
        any
"
    );
    lock::check(&file.path, &program("first")).unwrap();
}

#[test]
fn a_file_with_the_line_ends_of_another_system_says_the_same() {
    let file = File::written_for("first");
    fs::write(&file.path, file.text().replace('\n', "\r\n")).unwrap();
    lock::check(&file.path, &program("first")).unwrap();
}

#[test]
fn a_shape_that_changes_needs_a_new_version() {
    let said = File::written_for("first").refusal("changed");
    assert_says(
        &said,
        &[
            "* `Withdrawn` version 1 of Account has another shape than the events that are stored:\n      - amount: u32\n      + cents: u64\n",
            "`#[event(version = 2)]`",
            r#"`#[upcaster(event = "Withdrawn", from = 1)]`"#,
            "was ever stored",
            "UPDATE_EVENTS_LOCK=1",
        ],
    );
    assert!(!said.contains("Opened") && !said.contains("note"), "{said}");
}

#[test]
fn a_new_version_with_a_step_needs_only_to_be_written_and_the_old_shape_is_kept() {
    let file = File::written_for("first");
    let error = lock::check(&file.path, &program("second")).unwrap_err();
    let LockError::Changed { changes, .. } = &error else { panic!("{error}") };
    let changes: Vec<_> = changes
        .iter()
        .map(|change| (change.event_type.as_str(), change.version, &change.what))
        .collect();
    let new = &Difference::New;
    assert_eq!(
        changes,
        [("Finished", 1, new), ("Opened", 2, new), ("Withdrawn", 2, new), ("Withdrawn", 3, new)]
    );
    let said = error.to_string();
    assert_says(
        &said,
        &["`Opened` version 2 of Account isn't in the file yet", "check the file in"],
    );
    assert!(!said.contains("was ever stored"), "{said}");

    lock::write(&file.path, &program("second")).unwrap();
    assert_says(
        &file.text(),
        &[
            "    Closed version 1\n        {}\n    Finished version 1\n        {}\n",
            "    Opened version 1\n        kind: enum { Private, Shared }\n        owner: string\n    Opened version 2\n        owner: string\n",
            // Known to the file alone: a step on JSON reads it now.
            "    Withdrawn version 1\n        amount: u32\n        note: string?\n    Withdrawn version 2\n        (read by a step on JSON)\n    Withdrawn version 3\n        cents: u64\n",
        ],
    );
    lock::check(&file.path, &program("second")).unwrap();
}

#[test]
fn the_shape_of_an_older_version_that_is_a_type_stays() {
    let said = File::written_for("second").refusal("older_changed");
    assert_says(
        &said,
        &[
            "* `Opened` version 1 of Account has another shape than the events that are stored:\n      - kind: enum { Private, Shared }\n",
            "Give the type of this older version its shape back",
        ],
    );
    assert!(!said.contains(r#"event = "Opened""#), "{said}");
}

#[test]
fn a_name_or_a_version_that_was_stored_stays_readable() {
    let said = File::written_for("second").refusal("forgetful");
    assert_says(
        &said,
        &[
            "* `Finished` version 1 of Account isn't read any more: no event has this name.",
            r#"`#[event(alias = "Finished")]`"#,
            "* `Opened` version 1 of Account isn't read any more.",
            r#"an `#[upcaster(event = "Opened", from = 1)]`"#,
            "* `Withdrawn` version 3 of Account isn't read any more: the newest version of the event is 2.",
            "set `#[event(version = 3)]` again",
            "* `Sold` version 1 of Shop isn't read: no such aggregate is in this program.",
        ],
    );
}

#[test]
fn a_name_that_became_an_alias_keeps_its_shape() {
    let file = File::written_for("first");
    lock::write(&file.path, &program("second")).unwrap();
    let said = file.refusal("alias_changed");
    assert_says(
        &said,
        &[
            "* `Closed` version 1 of Account has another shape than the events that are stored:\n      - {}\n      + why: string",
            "* `Finished` version 1 of Account has another shape",
        ],
    );
}

#[test]
fn writing_forgets_what_is_not_read_any_more() {
    let file = File::written_for("second");
    lock::write(&file.path, &program("forgetful")).unwrap();
    lock::check(&file.path, &program("forgetful")).unwrap();
    assert!(!file.text().contains("Shop"), "{}", file.text());
}

#[test]
fn a_version_that_only_a_step_on_json_read_is_written_once_it_is_a_type() {
    let file = File::written_for("second");
    assert_says(
        &file.refusal("typed"),
        &["`Withdrawn` version 2 of Account isn't in the file yet"],
    );
    lock::write(&file.path, &program("typed")).unwrap();
    assert_says(&file.text(), &["    Withdrawn version 2\n        euros: u32\n"]);
    lock::check(&file.path, &program("typed")).unwrap();
}

#[test]
fn aggregates_of_one_stored_name_have_the_fields_that_any_of_them_reads() {
    let file = File::written_for("two_readers");
    assert_says(&file.text(), &["    Measured version 1\n        at: u64\n        value: u64\n"]);
    lock::check(&file.path, &program("two_readers")).unwrap();
}

#[test]
fn a_missing_file_is_an_error_and_is_not_written() {
    let file = File::missing();
    assert_says(&file.refusal("first"), &["there is no ", "UPDATE_EVENTS_LOCK=1", "check it in"]);
    assert!(!file.path.exists());
}

#[test]
fn a_file_that_cannot_be_read_is_not_overwritten() {
    for (line, replaced) in [
        ("Account", "<<<<<<< ours"),
        ("    Closed version 1", "    Closed"),
        ("    Closed version 1", "    Closed version one"),
        ("    Closed version 1", "    Opened version 1"),
        ("Account", "        owner: string"),
    ] {
        let file = File::written_for("first");
        let broken = file.text().replacen(line, replaced, 1);
        fs::write(&file.path, &broken).unwrap();
        let error = lock::write(&file.path, &program("first")).unwrap_err();
        assert!(matches!(error, LockError::Malformed { .. }), "{replaced}: {error}");
        assert_says(&file.refusal("first"), &["can't be read: restore it"]);
        assert_eq!(file.text(), broken);
    }
}

/// Where the test below leaves the path for the process that it starts.
const PATH: &str = "ES_EVENTS_LOCK_PATH";

/// Runs this very test in a process of its own, with these variables.
fn assert_in_a_process(path: &Path, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "the_environment_says_whether_the_file_is_written", "--nocapture"]);
    command.env_remove(lock::UPDATE).env_remove("CI").env(PATH, path);
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn the_environment_says_whether_the_file_is_written() {
    if let Some(path) = env::var_os(PATH) {
        return lock::assert_locked(Path::new(&path));
    }
    let file = File::missing();
    for variables in [&[][..], &[(lock::UPDATE, "0")], &[(lock::UPDATE, "1"), ("CI", "true")]] {
        let output = assert_in_a_process(&file.path, variables);
        let said =
            String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && !file.path.exists(), "{variables:?}: {said}");
        let reason = if variables.len() == 2 { "CI is set too" } else { "there is no " };
        assert_says(&said, &[reason]);
    }
    assert!(
        assert_in_a_process(&file.path, &[(lock::UPDATE, "1"), ("CI", "false")]).status.success()
    );
    let written = file.text();
    assert!(written.contains("\nAccount\n"), "{written}");
    assert!(assert_in_a_process(&file.path, &[]).status.success());

    fs::write(&file.path, written.replace("amount", "sum")).unwrap();
    assert!(!assert_in_a_process(&file.path, &[]).status.success());
    assert!(file.text().contains("sum"));
}
