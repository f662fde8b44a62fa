use es_core::store::StoreError;

/// The database that the scheme of an address names. Only those whose feature is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    #[cfg(feature = "sqlite")]
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
    #[cfg(feature = "mysql")]
    MySql,
}

/// What addresses look like.
const EXAMPLES: &str = "`sqlite://file.db` (feature `sqlite`), `postgres://user@host/database` (feature `postgres`) \
                        or `mysql://user@host/database` (feature `mysql`)";

impl Scheme {
    /// Nothing of the address beyond its scheme gets into the error: it may hold a password.
    pub(crate) fn of(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let Some(scheme) = scheme.filter(|scheme| is_name(scheme)) else {
            return Err(StoreError::Address(format!(
                "the address has no scheme: write {EXAMPLES}"
            )));
        };
        Self::named(&scheme).ok_or_else(|| {
            StoreError::Address(match feature(&scheme) {
                Some(feature) => {
                    format!("`{scheme}:` addresses need the feature `{feature}` of es-sqlx")
                }
                None => format!("`{scheme}:` is no scheme that es-sqlx knows: write {EXAMPLES}"),
            })
        })
    }

    fn named(scheme: &str) -> Option<Self> {
        match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => Some(Scheme::Sqlite),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => Some(Scheme::Postgres),
            #[cfg(feature = "mysql")]
            "mysql" | "mariadb" => Some(Scheme::MySql),
            _ => None,
        }
    }
}

/// The feature that a scheme needs.
fn feature(scheme: &str) -> Option<&'static str> {
    match scheme {
        "sqlite" => Some("sqlite"),
        "postgres" | "postgresql" => Some("postgres"),
        "mysql" | "mariadb" => Some("mysql"),
        _ => None,
    }
}

fn is_name(scheme: &str) -> bool {
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Scheme::of(url).unwrap_err().to_string()
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn sqlite_is_named_by_its_scheme() {
        for url in ["sqlite://bank.db", "sqlite:bank.db", "SQLite::memory:"] {
            assert_eq!(Scheme::of(url).unwrap(), Scheme::Sqlite);
        }
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn postgres_is_named_by_its_schemes() {
        for url in ["postgres://db/bank", "postgresql://db/bank", "Postgres://db/bank"] {
            assert_eq!(Scheme::of(url).unwrap(), Scheme::Postgres);
        }
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn mysql_is_named_by_its_schemes() {
        for url in ["mysql://db/bank", "mariadb://db/bank", "MariaDB://db/bank"] {
            assert_eq!(Scheme::of(url).unwrap(), Scheme::MySql);
        }
    }

    #[test]
    fn a_scheme_whose_feature_is_off_names_the_feature() {
        let needs = [
            ("sqlite", "sqlite", cfg!(feature = "sqlite")),
            ("postgres", "postgres", cfg!(feature = "postgres")),
            ("postgresql", "postgres", cfg!(feature = "postgres")),
            ("mysql", "mysql", cfg!(feature = "mysql")),
            ("mariadb", "mysql", cfg!(feature = "mysql")),
        ];
        for (scheme, feature, _) in needs.into_iter().filter(|(_, _, on)| !on) {
            let message = refused(&format!("{scheme}://ada:s3cret@db/bank"));
            assert!(message.contains(&format!("`{scheme}:`")), "{message}");
            assert!(message.contains(&format!("feature `{feature}`")), "{message}");
            assert!(!message.contains("s3cret") && !message.contains("ada"), "{message}");
        }
    }

    #[test]
    fn another_scheme_is_named_and_the_password_is_not() {
        let message = refused("redis://ada:s3cret@db/bank");
        assert!(message.contains("redis") && message.contains("sqlite://"), "{message}");
        assert!(!message.contains("s3cret") && !message.contains("ada"), "{message}");
    }

    #[test]
    fn an_address_without_scheme_is_explained() {
        for url in ["bank.db", "", ":x", "/home/me: my bank.db"] {
            assert!(refused(url).contains("no scheme"), "{url}");
        }
    }
}
