#![doc = include_str!("../../../README.md")]
#![allow(missing_docs, reason = "the README's aggregate is shown without docs")]

mod aggregate;

pub use self::aggregate::*;
