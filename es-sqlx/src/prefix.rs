use es_core::store::StoreError;

/// The longest prefix, in bytes.
const MAX_BYTES: usize = 30;

/// What the names of all tables begin with. It is written into SQL, so it holds nothing but names.
#[derive(Debug, Clone, Default)]
pub(crate) struct TablePrefix(String);

impl TablePrefix {
    pub(crate) fn new(text: &str) -> Result<Self, StoreError> {
        let first = text.bytes().next();
        let starts = first.is_none_or(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let names = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if starts && names && text.len() <= MAX_BYTES && !text.starts_with("sqlite_") {
            return Ok(TablePrefix(text.to_owned()));
        }
        Err(StoreError::Address(format!(
            "`{}` can't be a table prefix: it has at most {MAX_BYTES} of a to z, 0 to 9 and `_`, no digit first, and \
             isn't `sqlite_`",
            text.escape_debug()
        )))
    }

    /// The statement with the prefix at each `{prefix}`.
    pub(crate) fn apply(&self, statement: &str) -> String {
        statement.replace("{prefix}", &self.0)
    }
}

impl AsRef<str> for TablePrefix {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_prefixes() {
        for text in ["", "es_", "_a9", "abcdefghijklmnopqrstuvwxyz0123"] {
            assert_eq!(
                TablePrefix::new(text).unwrap().apply("{prefix}events"),
                format!("{text}events")
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["9a", "Es_", "a b", "a;", "a\"", "é", "sqlite_", "abcdefghijklmnopqrstuvwxyz01234"]
        {
            assert!(matches!(TablePrefix::new(text), Err(StoreError::Address(_))), "{text}");
        }
    }
}
