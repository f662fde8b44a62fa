use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a step of a command fails with: a sentence for people.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo, run in a folder of the repository.
pub(crate) fn cargo(folder: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root().join(folder));
    cargo
}

/// Says what comes, and runs it to its end.
pub(crate) fn run(title: &str, command: &mut Command) -> Outcome {
    println!("\n== {title}");
    let status =
        command.status().map_err(|error| format!("{title}: can't start {command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{title}: failed ({status}): {command:?}")) }
}

/// Runs a command for what it prints.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("can't start {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("failed ({}): {command:?}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{command:?} printed what isn't UTF-8"))
}
