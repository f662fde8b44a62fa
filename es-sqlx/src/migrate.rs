use es_core::store::StoreError;

/// One step of a database's schema. A step that was released never changes.
pub(crate) struct Migration {
    /// 1, 2, … without gaps.
    pub(crate) version: u32,
    pub(crate) name: &'static str,
    /// Statements with `{prefix}` at the start of each name.
    pub(crate) sql: &'static str,
}

/// The steps that a database of schema `found` still needs, 0 for none.
pub(crate) fn missing(
    migrations: &'static [Migration],
    found: u32,
) -> Result<&'static [Migration], StoreError> {
    let known = migrations.last().map_or(0, |newest| newest.version);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    let applied = migrations.partition_point(|migration| migration.version <= found);
    Ok(&migrations[applied..])
}

#[cfg(test)]
mod tests {
    use super::*;

    static STEPS: [Migration; 2] = [
        Migration { version: 1, name: "one", sql: "" },
        Migration { version: 2, name: "two", sql: "" },
    ];

    #[test]
    fn only_later_steps_are_missing() {
        let names = |found| {
            missing(&STEPS, found).unwrap().iter().map(|step| step.name).collect::<Vec<_>>()
        };
        assert_eq!(names(0), ["one", "two"]);
        assert_eq!(names(1), ["two"]);
        assert_eq!(names(2), [""; 0]);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        assert!(matches!(missing(&STEPS, 3), Err(StoreError::NewerSchema { found: 3, known: 2 })));
    }
}
