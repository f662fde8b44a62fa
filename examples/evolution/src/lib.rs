//! Parcels on their way, in version 3 of the program. The database beside it, `version_1.sqlite`, was written by version
//! 1, whose domain is in `bin/version_1.rs`. Nothing in it was changed since; [`domain`] has a step for each event that
//! means something else today.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

pub mod database;
pub mod domain;
pub mod feed;

#[cfg(test)]
mod tests {
    #[test]
    fn stored_events_keep_their_shape() {
        es_core::assert_events_locked!();
    }
}
