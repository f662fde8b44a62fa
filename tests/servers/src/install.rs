use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The program, installed from this package of Debian's if it isn't there.
pub(crate) fn ensure(find: impl Fn() -> Option<PathBuf>, package: &str) -> Outcome<PathBuf> {
    if let Some(program) = find() {
        return Ok(program);
    }
    println!("installing {package}");
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends", package]);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))?;
    find().ok_or_else(|| {
        format!("{package} was installed, but its program isn't where it was looked for")
    })
}

/// A program of the search path, or of the folders for administrators, which are often not on it.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/local/sbin")]);
    folders.map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Runs a program to its end; what it prints is in the error.
pub(crate) fn run(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("can't start {command:?}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    Err(format!(
        "{command:?} failed ({}): {printed}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// Whether this is root, who must not run some servers, and must name himself to others.
pub(crate) fn is_root() -> bool {
    run(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A command that runs as this user if we are root, else as we are.
pub(crate) fn command_as(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={user}"))
        .arg(format!("--regid={user}"))
        .arg("--clear-groups")
        .arg("--")
        .arg(program);
    command
}
