use std::path::PathBuf;

use crate::Outcome;
use crate::install::{ensure, on_path};

/// The environment variable that names the program which drives a browser, ChromeDriver, and in which tests find it.
pub const CHROMEDRIVER: &str = "ES_TEST_CHROMEDRIVER";

/// ChromeDriver: the one that the environment names, or the one of this machine, installed with its Chromium if it isn't
/// there.
///
/// # Errors
/// Where it can't be installed.
pub fn chromedriver() -> Outcome<PathBuf> {
    match std::env::var_os(CHROMEDRIVER) {
        Some(path) => Ok(path.into()),
        None => ensure(|| on_path("chromedriver"), "chromium-driver"),
    }
}
