//! The place in `BENCHMARKS.md` where the tables of a run are.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- What follows is written by `cargo xtask bench --publish`. -->\n";
const END: &str = "<!-- Here it ends. -->\n";

/// Puts the tables where those of another run were.
pub(crate) fn publish(tables: &str) -> Result<(), String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../BENCHMARKS.md");
    let failed = |error| format!("BENCHMARKS.md: {error}");
    let text = fs::read_to_string(&file).map_err(failed)?;
    fs::write(&file, replaced(&text, tables)?).map_err(failed)
}

fn replaced(text: &str, tables: &str) -> Result<String, String> {
    let around = text.split_once(BEGIN).and_then(|(before, after)| {
        let (_, after) = after.split_once(END)?;
        Some((before, after))
    });
    let (before, after) =
        around.ok_or_else(|| format!("BENCHMARKS.md has no place for tables: {BEGIN}{END}"))?;
    Ok(format!("{before}{BEGIN}\n{tables}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_take_the_place_of_those_before() {
        let text = format!("# a\n{BEGIN}\nold\n\n{END}# b\n");
        let wanted = format!("# a\n{BEGIN}\nnew\n\n{END}# b\n");
        assert_eq!(replaced(&text, "new\n"), Ok(wanted.clone()));
        assert_eq!(replaced(&wanted, "new\n"), Ok(wanted));
    }

    #[test]
    fn without_a_place_nothing_is_written() {
        assert!(replaced("# a\n", "new\n").is_err());
        assert!(replaced(&format!("{END}{BEGIN}"), "new\n").is_err());
    }
}
