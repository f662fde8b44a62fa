//! A second process of this program: what is measured between processes, or by the memory of one that does nothing else.

use std::error::Error;
use std::io::{Write, stdin, stdout};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::contender::Failed;
use crate::subscribers;

/// The argument of a program that is a second process. What it is to do comes by its standard input.
pub(crate) const WORD: &str = "second-process";

/// What a second process does.
#[derive(Serialize, Deserialize)]
pub(crate) enum Task {
    Append { url: String, events: u64 },
    CatchUp { url: String, events: u64 },
}

/// Has a process do it, and tells what it found.
pub(crate) async fn run(task: Task) -> Result<Vec<f64>, Failed> {
    tokio::task::spawn_blocking(move || ask(&task))
        .await
        .map_err(Failed::other)?
        .map_err(Failed::other)
}

fn ask(task: &Task) -> Result<Vec<f64>, Box<dyn Error + Send + Sync>> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut process = command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut input) = process.stdin.take() {
        input.write_all(&serde_json::to_vec(task)?)?;
    }
    let output = process.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("a second process ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Is that process.
pub(crate) async fn serve() -> Result<(), Box<dyn Error>> {
    let found = match serde_json::from_reader(stdin())? {
        Task::Append { url, events } => subscribers::append_slowly(&url, events).await?,
        Task::CatchUp { url, events } => subscribers::grow(&url, events).await?,
    };
    Ok(serde_json::to_writer(stdout(), &found)?)
}
