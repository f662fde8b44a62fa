//! What the tests of the macros share: how to see what a macro writes.

use std::env;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// What stands before each expansion.
const HEADLINE: &str = "// What is generated for `";

/// What the macros write for these types of a test of this package, in the order of their names.
///
/// The test is compiled once more as a user would do it to read an expansion, with the variable `ES_EXPAND`.
///
/// # Panics
/// Where it doesn't compile, or the macros print nothing for a name.
#[allow(clippy::panic, reason = "this is how a test fails")]
pub fn expansions(test: &str, names: &[&str]) -> Vec<String> {
    let printed = print_expansions(test, names);
    let of = |name: &&str| {
        let headline = format!("{name}`:\n");
        match printed.split(HEADLINE).find_map(|part| part.strip_prefix(&headline)) {
            Some(expansion) => expansion.trim().to_owned(),
            None => panic!("nothing is printed for `{name}`, but: {printed}"),
        }
    };
    names.iter().map(of).collect()
}

#[allow(clippy::panic, reason = "this is how a test fails")]
fn print_expansions(test: &str, names: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // The last name is new each time, so that cargo compiles the test again. No type has it.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["check", "--quiet", "--message-format=json", "--test", test])
        .env("ES_EXPAND", format!("{},{now}", names.join(",")))
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => panic!("cargo can't be started: {error}"),
    };
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        panic!("`{test}` doesn't compile:\n{printed}{}", String::from_utf8_lossy(&output.stdout));
    }
    printed
}
