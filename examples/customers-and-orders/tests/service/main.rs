//! The program as a process of its own, on each database.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod http;
mod instances;
mod page;
mod support;
