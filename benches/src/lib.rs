//! What the benchmarks measure.

pub mod fold;
