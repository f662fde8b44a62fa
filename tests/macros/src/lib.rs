//! What the tests of the macros share: how to see what a macro writes.

use std::env;
use std::process::{self, Command};

/// What the macros write for these types of a test of this package, in the order of their names.
///
/// The test is compiled once more as a user would do it to read an expansion, with the variable `ES_EXPAND`.
///
/// # Panics
/// Where it doesn't compile, or the macros print nothing for a name.
pub fn expansions(test: &str, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| expansion(test, name)).collect()
}

#[allow(clippy::panic, reason = "this is how a test fails")]
fn expansion(test: &str, name: &str) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // A condition that no run has had makes cargo compile the test again.
    let condition = format!("run_{}_of_{}", process::id(), name.to_lowercase());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["rustc", "--quiet", "--profile=check", "--message-format=json", "--test", test])
        .args(["--", "--cfg", &condition])
        .env("ES_EXPAND", name)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => panic!("cargo can't be started: {error}"),
    };
    let printed = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        panic!("`{test}` doesn't compile:\n{printed}{}", String::from_utf8_lossy(&output.stdout));
    }
    match printed.strip_prefix(&format!("// What is generated for `{name}`:\n")) {
        Some(expansion) => expansion.trim().to_owned(),
        None => panic!("nothing is printed for `{name}`, but: {printed}"),
    }
}
