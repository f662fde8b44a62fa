//! Customers with a credit limit, and their orders: a service on an event store. See README.md.

#![allow(missing_docs, reason = "the names of the domain say what they are")]

pub mod domain;
pub mod history;
pub mod saga;
mod service;
mod web;

pub use service::{Options, Service};

#[cfg(test)]
mod tests {
    #[test]
    fn stored_events_keep_their_shape() {
        es_core::assert_events_locked!();
    }
}
