//! The program as its users run it, on the day in `commands.jsonl`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

const DAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/commands.jsonl");

/// A bank in a folder of its own.
struct Bank {
    folder: tempfile::TempDir,
}

impl Bank {
    fn new() -> Self {
        Bank { folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bank"));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs the program, and gives what it printed.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", error(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the program, and gives the error that it ended with.
    fn fail(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?} should fail");
        error(&output)
    }

    /// A file of the bank's folder.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The day as one would work it out on paper: balances by account, closed ones apart, and what became of each line.
#[derive(Default)]
struct Paper {
    balances: BTreeMap<String, u64>,
    closed: HashSet<String>,
    messages: HashSet<String>,
    done: u64,
    duplicates: u64,
    rejected: Vec<usize>,
    malformed: Vec<usize>,
}

impl Paper {
    fn of(day: &str) -> Self {
        let mut paper = Paper::default();
        for (number, line) in (1..).zip(day.lines()) {
            match serde_json::from_str::<Value>(line) {
                Ok(line) => paper.note(number, &line),
                Err(_) => paper.malformed.push(number),
            }
        }
        paper
    }

    fn note(&mut self, number: usize, line: &Value) {
        let [message, account, command] =
            ["message", "account", "command"].map(|name| line[name].as_str().unwrap());
        if self.messages.contains(message) {
            self.duplicates += 1;
            return;
        }
        let amount = line["data"]["amount"].as_u64().unwrap_or(0);
        let balance = self.balances.get(account).copied();
        let balance = match (command, balance) {
            ("OpenAccount", None) => Some(0),
            _ if self.closed.contains(account) => None,
            ("Deposit", Some(balance)) => Some(balance + amount),
            ("Withdraw", Some(balance)) => balance.checked_sub(amount),
            ("CloseAccount", Some(0)) => {
                self.closed.insert(account.to_owned());
                Some(0)
            }
            _ => None,
        };
        match balance {
            Some(balance) => {
                self.done += 1;
                self.messages.insert(message.to_owned());
                self.balances.insert(account.to_owned(), balance);
            }
            None => self.rejected.push(number),
        }
    }
}

#[test]
fn the_day_ends_as_it_does_on_paper() {
    let bank = Bank::new();
    let paper = Paper::of(&fs::read_to_string(DAY).unwrap());
    assert!(
        paper.done >= 450
            && paper.duplicates >= 10
            && paper.rejected.len() >= 20
            && paper.malformed.len() == 1
    );

    let printed = bank.run(&["run", DAY]);
    let tally = format!(
        "{} done, {} duplicates, {} rejected, 1 malformed",
        paper.done,
        paper.duplicates,
        paper.rejected.len()
    );
    assert!(printed.trim_end().ends_with(&tally), "{printed}");
    for number in &paper.rejected {
        assert!(
            printed.contains(&format!("line {number}: rejected: ")),
            "line {number} isn't reported: {printed}"
        );
    }
    assert!(printed.contains(&format!("line {}: malformed: ", paper.malformed[0])), "{printed}");

    let accounts = bank.run(&["accounts"]);
    for (number, balance) in &paper.balances {
        let row = accounts
            .lines()
            .find(|row| row.contains(number.as_str()))
            .unwrap_or_else(|| panic!("no {number}"));
        assert!(
            row.contains(&format!(" {}.{:02} ", balance / 100, balance % 100)),
            "{balance}: {row}"
        );
        assert_eq!(row.contains(" closed "), paper.closed.contains(number), "{row}");
    }
    assert_eq!(accounts.lines().filter(|row| row.contains("DE-")).count(), paper.balances.len());
}

#[test]
fn a_file_goes_on_where_its_last_run_stopped() {
    let bank = Bank::new();
    let day = fs::read_to_string(DAY).unwrap();
    let morning: String = day.lines().take(300).flat_map(|line| [line, "\n"]).collect();

    let file = bank.file("day.jsonl", &morning);
    assert!(bank.run(&["run", text(&file)]).contains("300 lines: "));
    bank.file("day.jsonl", &day);
    let printed = bank.run(&["run", text(&file)]);
    assert!(printed.contains("300 lines were run before"), "{printed}");
    assert!(printed.contains(&format!("{} lines: ", day.lines().count() - 300)), "{printed}");
    assert!(printed.contains("line 312: malformed: "), "{printed}");

    let printed = bank.run(&["run", text(&file)]);
    assert!(
        printed.contains("0 lines: 0 done, 0 duplicates, 0 rejected, 0 malformed"),
        "{printed}"
    );

    let at_once = Bank::new();
    at_once.run(&["run", DAY]);
    assert_eq!(bank.run(&["accounts"]), at_once.run(&["accounts"]));
}

#[test]
fn a_run_that_is_killed_goes_on_without_a_loss() {
    let undisturbed = Bank::new();
    undisturbed.run(&["run", DAY]);

    let bank = Bank::new();
    for kill in 0..20 {
        let mut run = bank.command(&["run", DAY]).stdout(Stdio::null()).spawn().unwrap();
        // How long it runs is chance; that all comes out the same is the point.
        std::thread::sleep(Duration::from_millis(5 + 7 * kill));
        run.kill().unwrap();
        run.wait().unwrap();
    }
    bank.run(&["run", DAY]);
    assert_eq!(bank.run(&["accounts"]), undisturbed.run(&["accounts"]));
}

#[test]
fn two_runs_of_a_file_at_once_run_each_line_once() {
    let undisturbed = Bank::new();
    undisturbed.run(&["run", DAY]);

    let bank = Bank::new();
    let runs = [0, 1, 2].map(|_| {
        bank.command(&["run", DAY]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    });
    for mut run in runs {
        run.wait().unwrap();
    }
    bank.run(&["run", DAY]);
    assert_eq!(bank.run(&["accounts"]), undisturbed.run(&["accounts"]));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    let bank = Bank::new();
    let day = fs::read_to_string(DAY).unwrap();
    let file = bank.file("day.jsonl", &format!("\u{feff}{}", day.lines().next().unwrap()));
    assert!(bank.run(&["run", text(&file)]).contains("1 lines: 1 done"));
}

#[test]
fn a_file_that_changed_where_it_was_run_is_refused() {
    let bank = Bank::new();
    let line = |message: &str, account: &str| {
        format!(
            r#"{{"message":"{message}","at":"","by":"t","account":"{account}","command":"OpenAccount","data":{{"owner":"Ada"}}}}"#
        )
    };
    let file = bank.file("day.jsonl", &line("1", "DE-10001"));
    bank.run(&["run", text(&file)]);
    bank.file("day.jsonl", &[line("2", "DE-10002"), line("3", "DE-10003")].join("\n"));
    assert!(bank.fail(&["run", text(&file)]).contains("isn't the line that was run before"));
    bank.file("day.jsonl", "");
    assert!(bank.fail(&["run", text(&file)]).contains("has 0 lines now, and 1 were run before"));
    assert!(!bank.run(&["accounts"]).contains("DE-10002"));
}

#[test]
fn each_kind_of_bad_line_is_reported_with_its_number_and_reason() {
    let bank = Bank::new();
    let line = |account: &str, command: &str, data: &str| {
        format!(
            r#"{{"message":"{account} {command}","at":"","by":"t","account":"{account}","command":"{command}","data":{data}}}"#
        )
    };
    let lines = [
        line("DE-10001", "OpenAccount", "{}"),
        line("Ada's", "OpenAccount", "{}"),
        line("DE-10001", "Rob", "{}"),
        String::new(),
        "[1, 2".to_owned(),
        line("DE-10001", "Deposit", "{}"),
    ];
    let printed = bank.run(&["run", text(&bank.file("bad.jsonl", &lines.join("\n")))]);
    for reason in [
        "line 1: malformed: malformed `OpenAccount`: missing field `owner`",
        "line 2: malformed: `Ada's` is no account number",
        "line 3: malformed: unknown command `Rob`; known are OpenAccount, Deposit, Withdraw, CloseAccount",
        "line 4: malformed: EOF",
        "line 5: malformed: ",
        "line 6: malformed: malformed `Deposit`: missing field `amount`",
    ] {
        assert!(printed.contains(reason), "{reason}\n{printed}");
    }
}

#[test]
fn commands_come_from_standard_input_too() {
    let bank = Bank::new();
    let mut run =
        bank.command(&["run", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    run.stdin.take().unwrap().write_all(&fs::read(DAY).unwrap()).unwrap();
    assert!(run.wait().unwrap().success());

    let from_file = Bank::new();
    from_file.run(&["run", DAY]);
    assert_eq!(bank.run(&["accounts"]), from_file.run(&["accounts"]));
}

#[test]
fn an_account_is_shown_as_it_was_and_with_its_history() {
    let bank = Bank::new();
    bank.run(&["run", DAY]);
    assert_eq!(
        bank.run(&["show", "DE-10001", "--at-version", "2"]),
        "DE-10001 of Ada Lovelace, at version 2: 250.00, open\n"
    );
    let history = bank.run(&["history", "DE-10001"]);
    for part in [
        "AccountOpened",
        r#"{"owner":"Ada Lovelace"}"#,
        "MoneyDeposited",
        "teller-3",
        "2026-03-02-0001",
    ] {
        assert!(history.contains(part), "{part}\n{history}");
    }
    let headings = history.lines().nth(1).unwrap();
    for heading in ["version", "time", "user", "reason", "event", "data", "message"] {
        assert!(headings.contains(heading), "{heading}\n{headings}");
    }
    assert!(
        bank.fail(&["show", "DE-10001", "--at-version", "9999"])
            .contains("there is no version 9999 yet")
    );
    assert!(bank.fail(&["show", "DE-77777"]).contains("no Account with id `DE-77777`"));
    assert!(bank.fail(&["history", "DE-77777"]).contains("no Account with id `DE-77777`"));
}

#[test]
fn the_history_says_who_when_and_why() {
    let bank = Bank::new();
    let line = |message: &str, by: &str, why: &str, command: &str, data: &str| {
        format!(
            r#"{{"message":"{message}","at":"","by":"{by}",{why}"account":"DE-10001","command":"{command}","data":{data}}}"#
        )
    };
    let lines = [
        line("m-1", "teller-1", "", "OpenAccount", r#"{"owner":"Ada"}"#),
        line("m-2", "teller-2", r#""why":"first wage","#, "Deposit", r#"{"amount":100}"#),
    ];
    bank.run(&["run", text(&bank.file("day.jsonl", &lines.join("\n")))]);
    let history = bank.run(&["history", "DE-10001"]);
    let cells = |name: &str| -> Vec<String> {
        let row = history.lines().find(|row| row.contains(name)).unwrap();
        row.split(['│', '┆']).map(|cell| cell.trim().to_owned()).collect()
    };
    let (opened, deposited) = (cells("AccountOpened"), cells("MoneyDeposited"));
    assert_eq!(opened[1..2], ["1"]);
    assert_eq!(opened[3..6], ["teller-1", "", "AccountOpened"]);
    assert_eq!(deposited[3..6], ["teller-2", "first wage", "MoneyDeposited"]);
    assert!(deposited[2].ends_with('Z') && deposited[2].contains('T'), "{deposited:?}");
    assert_eq!(deposited[7], "m-2");
}

#[tokio::test]
async fn a_busy_account_is_found_by_its_snapshot_as_by_all_of_its_events() {
    let bank = Bank::new();
    let line = |number: u32, command: &str, data: &str| {
        format!(
            r#"{{"message":"{number}","at":"","by":"t","account":"DE-10001","command":"{command}","data":{data}}}"#
        )
    };
    let deposits = (1..120).map(|number| line(number, "Deposit", r#"{"amount":100}"#));
    let opening = line(0, "OpenAccount", r#"{"owner":"Ada"}"#);
    let lines: Vec<_> = [opening].into_iter().chain(deposits).collect();
    bank.run(&["run", text(&bank.file("day.jsonl", &lines.join("\n")))]);
    let url = format!("sqlite://{}", bank.folder.path().join("bank.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let snapshots: Vec<i64> = sqlx::query_scalar("SELECT entity_version FROM snapshots")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(snapshots, [120]);
    for (version, amount) in
        [("49", "48.00"), ("51", "50.00"), ("101", "100.00"), ("120", "119.00")]
    {
        let shown = bank.run(&["show", "DE-10001", "--at-version", version]);
        assert_eq!(shown, format!("DE-10001 of Ada, at version {version}: {amount}, open\n"));
    }
    assert_eq!(bank.run(&["show", "DE-10001"]), "DE-10001 of Ada, at version 120: 119.00, open\n");
}
