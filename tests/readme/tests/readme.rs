//! The README's snippets as a reader has them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

const README: &str = include_str!("../../../README.md");
const AGGREGATE: &str = include_str!("../src/aggregate.rs");

/// The first Rust block of the README, which the others build on.
fn first_block() -> &'static str {
    let (_, after) = README.split_once("```rust\n").unwrap();
    after.split_once("```").unwrap().0
}

#[test]
fn the_aggregate_that_the_other_snippets_use_is_the_one_in_the_readme() {
    assert_eq!(AGGREGATE, first_block());
}

#[test]
fn opening_depositing_and_withdrawing_take_at_most_60_lines() {
    let is_code = |line: &&str| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//") && !line.starts_with("use ")
    };
    let lines = first_block().lines().filter(is_code).count();
    assert!(lines <= 60, "{lines} lines");
}

#[test]
fn every_rust_snippet_is_compiled() {
    for fence in README.lines().filter(|line| line.starts_with("```") && line.len() > 3) {
        assert!(["```rust", "```console"].contains(&fence), "{fence} would not be compiled");
    }
}
