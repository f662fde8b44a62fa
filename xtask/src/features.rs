use crate::command::{Outcome, cargo, run as run_command};

/// Whether es-sqlx can be built for each database alone, without a warning.
pub(crate) fn run() -> Outcome {
    for database in ["sqlite", "postgres", "mysql"] {
        println!("\n== es-sqlx for {database} alone");
        let mut check = cargo(".");
        check.args(["clippy", "--package", "es-sqlx", "--no-default-features"]);
        check.args(["--features", database, "--", "--deny", "warnings"]);
        run_command(database, &mut check)?;
    }
    Ok(())
}
