use es_core::store::StoreError;

/// The database that the scheme of an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Sqlite,
}

impl Scheme {
    /// Nothing of the address beyond its scheme gets into the error: it may hold a password.
    pub(crate) fn of(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let is_name = |scheme: &str| {
            !scheme.is_empty()
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        Err(StoreError::Address(match scheme {
            Some(scheme) if scheme == "sqlite" => return Ok(Scheme::Sqlite),
            Some(scheme) if matches!(&*scheme, "postgres" | "postgresql" | "mysql" | "mariadb") => {
                format!(
                    "a `{scheme}:` address needs a database that this version of es-sqlx doesn't have: write \
                 `sqlite://file.db` (feature `sqlite`)"
                )
            }
            Some(scheme) if is_name(&scheme) => {
                format!(
                    "`{scheme}:` is no scheme that es-sqlx knows: write `sqlite://file.db` (feature `sqlite`)"
                )
            }
            _ => "the address has no scheme: write `sqlite://file.db` for the file `file.db`"
                .to_owned(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Scheme::of(url).unwrap_err().to_string()
    }

    #[test]
    fn the_scheme_names_the_database() {
        for url in ["sqlite://bank.db", "sqlite:bank.db", "SQLite::memory:"] {
            assert_eq!(Scheme::of(url).unwrap(), Scheme::Sqlite);
        }
    }

    #[test]
    fn another_scheme_is_named_and_the_password_is_not() {
        for scheme in ["postgres", "mysql", "mariadb", "redis"] {
            let message = refused(&format!("{scheme}://ada:s3cret@db/bank"));
            assert!(message.contains(scheme) && message.contains("sqlite://"), "{message}");
            assert!(!message.contains("s3cret") && !message.contains("ada"), "{message}");
        }
    }

    #[test]
    fn an_address_without_scheme_is_explained() {
        for url in ["bank.db", "", ":x", "/home/me: my bank.db"] {
            assert!(refused(url).contains("no scheme"), "{url}");
        }
    }
}
