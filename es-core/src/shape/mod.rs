//! The shape of what a type reads: its fields, variants and kinds of values, as text.
//!
//! A change of the shape is a change of the stored format. That is what `events.lock` and snapshots watch.
//!
//! The shape is found by driving the type's own `Deserialize`, so it is the shape of the JSON: `rename`, `skip`, `tag`,
//! `transparent` and `try_from` are seen as serde sees them. Names of Rust types, the order of fields and aliases
//! aren't part of it. What a `Deserialize` doesn't tell is `any`: an untagged enum, and all in a [`serde_json::Value`].
//! Fields that are optional and lie in a `#[serde(flatten)]` or an internally tagged enum don't tell either; `..` says that
//! there may be some.
//!
//! # What isn't seen
//!
//! A value that is validated is shown texts and numbers of many kinds. Where it takes none of them, its own shape is known, but
//! some types read nothing after it:
//!
//! * in a tuple, the parts after it are `any`;
//! * in an internally tagged enum, or the struct variant of an adjacently tagged one, the fields after it are left out, as
//!   if they were optional.
//!
//! Serde keeps what lies in a `#[serde(flatten)]` or an internally tagged enum, and reads it later. There, an enum in a field
//! is `any`, structs are looked into three levels deep, and the fields after what can't be satisfied are left out too.
//!
//! A change of what isn't seen doesn't change the shape. A struct with named fields and an externally tagged enum, which is
//! serde's default, hide nothing; nor does an adjacently tagged one whose variants hold structs of their own.

mod error;
mod guess;
mod node;
mod recorder;
mod shown;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The shape of what a type reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shape {
    text: String,
    lines: Vec<String>,
    hides: bool,
}

impl Shape {
    /// The shape of `T`. It is the same each time, and takes some work to find.
    ///
    /// ```
    /// use es_core::shape::Shape;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Withdrawn {
    ///     amount: u64,
    ///     #[serde(rename = "why")]
    ///     reason: Option<String>,
    /// }
    ///
    /// assert_eq!(Shape::of::<Withdrawn>().to_string(), "{ amount: u64, why: string? }");
    /// ```
    pub fn of<T: DeserializeOwned>() -> Self {
        let root = recorder::explore::<T>();
        Shape { text: text::one_line(&root), lines: text::lines(&root), hides: text::hides(&root) }
    }

    /// A line for each field or variant, or one for all where there are none.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Whether there may be more than it says: where it has an `any` or a `..`.
    pub(crate) fn hides(&self) -> bool {
        self.hides
    }

    /// A short text that two shapes have in common exactly when they are equal: 32 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, self.text.as_bytes()).simple().to_string()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
