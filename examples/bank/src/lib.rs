//! A bank on an embedded database: its domain. The program on it is `main.rs`; see `bank --help`.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

pub mod domain;
pub mod number;

#[cfg(test)]
mod tests {
    #[test]
    fn stored_events_keep_their_shape() {
        es_core::assert_events_locked!();
    }
}
