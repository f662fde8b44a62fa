//! Each file of `ui` makes one mistake and uses the aggregate after it: the mistake is named, and nothing else is.
//!
//! A message that was wrong once keeps its file, in the folder of its topic.

#[test]
fn each_mistake_is_named_once_where_it_was_made() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
