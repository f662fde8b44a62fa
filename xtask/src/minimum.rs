use std::fs;
use std::process::{Command, Stdio};

use crate::command::{Outcome, output, root, run as run_command};

/// Whether the workspace builds with the Rust version that it declares. Where this is the version at hand, the tests
/// have shown it; else the toolchain of that version is used, if rustup has it.
pub(crate) fn run() -> Outcome {
    let declared = declared()?;
    println!("\n== minimum Rust version {declared}");
    let current = output(Command::new("rustc").arg("--version"))?;
    if current.starts_with(&format!("rustc {declared}.")) {
        println!("this is {}: the tests were built with it", current.trim());
        return Ok(());
    }
    let toolchain = format!("+{declared}.0");
    let mut probe = Command::new("rustc");
    probe.args([&toolchain, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    if probe.status().is_ok_and(|status| status.success()) {
        let mut check = Command::new("cargo");
        check.current_dir(root()).args([&toolchain, "check", "--workspace", "--all-features"]);
        return run_command("check with the minimum Rust version", &mut check);
    }
    println!(
        "Rust {declared} isn't installed (rustup toolchain install {declared}.0), so this wasn't checked"
    );
    Ok(())
}

fn declared() -> Outcome<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))
        .map_err(|error| format!("Cargo.toml: {error}"))?;
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = "));
    line.map(|version| version.trim_matches('"').to_owned())
        .ok_or_else(|| "Cargo.toml has no rust-version".to_owned())
}
