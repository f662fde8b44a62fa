use std::fmt;

use serde::de;

/// Why a `Deserialize` refused a value, as far as it tells.
#[derive(Debug)]
pub(super) enum Refusal {
    /// This field has to be there.
    Missing(&'static str),
    /// This field was there twice, so one of the two names is an alias.
    Duplicate(&'static str),
    /// It has to be one of these texts.
    Variants(&'static [&'static str]),
    /// It has to be this, in words.
    Expected(String),
    /// It has to have more parts.
    Short,
    /// It has to have fewer parts.
    Long,
    /// Something else.
    Other,
}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Refusal::Other
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Refusal::Expected(expected.to_string())
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Refusal::Expected(expected.to_string())
    }

    fn invalid_length(_: usize, expected: &dyn de::Expected) -> Self {
        if expected.to_string().ends_with("in sequence") { Refusal::Long } else { Refusal::Short }
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Refusal::Variants(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Refusal::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Refusal::Duplicate(field)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl std::error::Error for Refusal {}
