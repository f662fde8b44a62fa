use serde::Deserialize;
use utoipa::IntoParams;

use super::problem::{FieldError, Problem};

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many at most.
    #[serde(default = "fifty")]
    #[param(default = 50, minimum = 1, maximum = 1000)]
    limit: u16,
    /// The `next` of the page before.
    #[serde(default = "all")]
    #[param(required = false)]
    pub(super) before: i64,
}

impl Paging {
    pub(super) fn limit(&self) -> Result<u16, Problem> {
        match self.limit {
            1..=1000 => Ok(self.limit),
            _ => Err(Problem::of_fields(vec![FieldError::new("limit", "1 to 1000")])),
        }
    }
}

fn fifty() -> u16 {
    50
}

fn all() -> i64 {
    i64::MAX
}
