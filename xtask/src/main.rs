//! The commands of this repository, run as `cargo xtask COMMAND`.

mod bench;
mod command;
mod features;
mod instructions;
mod minimum;
mod portability;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test          every test, and all that they need
  bench         the benchmarks, as tables
  instructions  how many instructions the generated dispatch costs, against a match written by hand
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test"] => test::run(),
        ["bench", ..] => bench::run(),
        ["instructions"] => instructions::run(),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
