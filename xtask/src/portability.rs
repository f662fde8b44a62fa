use std::process::Command;

use crate::command::{Outcome, cargo, output, run as run_command};

const TARGET: &str = "wasm32-unknown-unknown";

/// Crates, and features of crates, that es-core must not need in a browser: a runtime, a socket, a database.
const FORBIDDEN: [&str; 6] = [
    "mio",
    "socket2",
    "sqlx",
    "tokio feature \"rt\"",
    "tokio feature \"time\"",
    "tokio feature \"net\"",
];

/// Whether es-core can be built for WebAssembly: built where the target is installed, and by what it depends on
/// everywhere.
pub(crate) fn run() -> Outcome {
    println!("\n== portability of es-core to {TARGET}");
    let arguments = [
        "tree",
        "--package",
        "es-core",
        "--edges",
        "normal,features",
        "--target",
        TARGET,
        "--prefix",
        "none",
    ];
    let tree = output(cargo(".").args(arguments))?;
    let found: Vec<_> = FORBIDDEN
        .into_iter()
        .filter(|forbidden| {
            tree.lines()
                .any(|line| line.starts_with(&format!("{forbidden} ")) || line == *forbidden)
        })
        .collect();
    if !found.is_empty() {
        return Err(format!(
            "es-core depends on {} when it is built for {TARGET}",
            found.join(", ")
        ));
    }
    if is_installed()? {
        run_command(
            "es-core on WebAssembly",
            cargo(".").args(["check", "--package", "es-core", "--target", TARGET]),
        )
    } else {
        println!(
            "{TARGET} isn't installed (rustup target add {TARGET}): its dependencies are right, it wasn't built"
        );
        Ok(())
    }
}

fn is_installed() -> Outcome<bool> {
    let libraries =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    Ok(std::path::Path::new(libraries.trim()).exists())
}
