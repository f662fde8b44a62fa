use crate::command::{Outcome, cargo, run as run_command};

/// Whether es-sqlx can be built for each database alone.
pub(crate) fn run() -> Outcome {
    for database in ["sqlite", "postgres", "mysql"] {
        println!("\n== es-sqlx for {database} alone");
        let mut check = cargo(".");
        check.args([
            "check",
            "--package",
            "es-sqlx",
            "--no-default-features",
            "--features",
            database,
        ]);
        run_command(database, &mut check)?;
    }
    Ok(())
}
