//! What the macros write means the same wherever it stands: no name of the user's gets into it.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_macros,
    clippy::upper_case_acronyms,
    clippy::wrong_self_convention,
    reason = "the names are there to be in the way"
)]

#[path = "hygiene/method_names.rs"]
mod method_names;
#[path = "hygiene/no_prelude.rs"]
mod no_prelude;
#[path = "hygiene/shadowed.rs"]
mod shadowed;
#[path = "hygiene/trait_methods.rs"]
mod trait_methods;
