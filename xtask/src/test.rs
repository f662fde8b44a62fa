use test_servers::{CHROMEDRIVER, Database, Found, chromedriver};

use crate::command::{Outcome, cargo, root, run as run_command};
use crate::{features, instructions, minimum, portability};

/// A part of the tests, and how to run it.
type Step = (&'static str, fn() -> Outcome);

const STEPS: [Step; 6] = [
    ("tests", tests),
    ("documentation", documentation),
    ("portability", portability::run),
    ("databases alone", features::run),
    ("minimum Rust version", minimum::run),
    ("instructions", instructions::run),
];

/// Runs every test, also after one has failed, and says at the end which did.
pub(crate) fn run() -> Outcome {
    let outcomes = STEPS.map(|(name, step)| (name, step()));
    println!("\n== summary");
    for (name, outcome) in &outcomes {
        match outcome {
            Ok(()) => println!("ok      {name}"),
            Err(message) => println!("FAILED  {name}: {message}"),
        }
    }
    let failed: Vec<_> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(name, _)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn tests() -> Outcome {
    println!("\n== servers");
    let mut test = cargo(".");
    test.args(["test", "--workspace", "--all-features", "--all-targets", "--no-fail-fast"]);
    // The servers that are started here live until the tests are done.
    let mut servers = Vec::new();
    for database in Database::ALL {
        let server = database.find(&root().join("target/test-servers"))?;
        match &server {
            Found::Running { url } => println!("{}: {}", database.name(), without_password(url)),
            Found::Private(_) => {
                println!("{}: a private one, started for these tests", database.name())
            }
        }
        test.env(database.variable(), server.url());
        servers.push(server);
    }
    let driver = chromedriver()?;
    println!("browser: by {}", driver.display());
    test.env(CHROMEDRIVER, driver);
    run_command("unit, integration and compile-fail tests", &mut test)
}

fn documentation() -> Outcome {
    let arguments = ["test", "--workspace", "--all-features", "--doc", "--no-fail-fast"];
    run_command("examples in the documentation", cargo(".").args(arguments))
}

/// An address as it may be printed.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => "named by the environment".to_owned(),
    }
}
