//! A bank on an embedded database: its domain. The program on it is `main.rs`; see `bank --help`.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

pub mod domain;
pub mod number;
