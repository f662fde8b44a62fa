//! Shapes of types that hide a part of themselves: behind a tag, behind a value that is validated, or in what serde keeps to
//! read it later.
#![allow(dead_code, reason = "the types are only read")]

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use es_core::shape::Shape;
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn shape<T: DeserializeOwned>() -> String {
    let shape = Shape::of::<T>();
    assert_eq!(shape, Shape::of::<T>(), "the shape isn't the same each time");
    shape.to_string()
}

#[derive(Deserialize)]
struct Nested {
    a: u32,
}

/// A text that no known one satisfies.
#[derive(PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
struct Code;

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "what nobody guesses" { Ok(Code) } else { Err("not a code") }
    }
}

mod adjacently_tagged {
    use super::*;

    #[derive(Deserialize)]
    #[serde(tag = "type", content = "data")]
    enum Payment {
        Card { last4: String, expiry: u16 },
        Bank { iban: String, days: u32 },
        Cash,
    }

    #[test]
    fn variants_of_the_same_kind_have_each_its_content() {
        assert_eq!(
            shape::<Payment>(),
            "enum by type { Bank { data: { days: u32, iban: string, .. } }, \
             Card { data: { expiry: u16, last4: string, .. } }, Cash { data: any } }"
        );
        assert_eq!(shape::<Vec<Option<Payment>>>(), format!("[{}?]", shape::<Payment>()));
    }

    #[test]
    fn a_content_that_is_refused_hides_no_other_variant() {
        #[derive(Deserialize)]
        #[serde(tag = "t", content = "c")]
        enum Tagged {
            First { code: Code },
            Second(Nested),
        }
        assert_eq!(
            shape::<Tagged>(),
            "enum by t { First { c: { code: string, .. } }, Second { c: { a: u32 } } }"
        );
    }

    #[test]
    fn variants_with_the_same_content_are_names_beside_it() {
        #[derive(Deserialize)]
        #[serde(tag = "t", content = "c")]
        enum Tagged {
            Gross(u64),
            Net(u64),
        }
        #[derive(Deserialize)]
        enum Name {
            Gross,
            Net,
        }
        #[derive(Deserialize)]
        struct Plain {
            t: Name,
            c: u64,
        }
        assert_eq!(shape::<Tagged>(), "{ c: u64, t: enum { Gross, Net } }");
        assert_eq!(Shape::of::<Tagged>(), Shape::of::<Plain>());
    }
}

mod behind_a_validated_value {
    use super::*;

    #[test]
    fn the_values_of_a_map_are_seen() {
        assert_eq!(shape::<HashMap<Code, Nested>>(), "map<string, { a: u32 }>");
        assert_eq!(shape::<HashMap<Code, BTreeMap<u8, IpAddr>>>(), "map<string, map<u8, string>>");
    }

    #[test]
    fn a_part_of_a_tuple_is_seen_where_the_value_is_of_a_known_kind() {
        #[derive(Deserialize)]
        #[serde(try_from = "String")]
        struct Iban;
        impl TryFrom<String> for Iban {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                if text.len() > 14 && text.starts_with("DE") { Ok(Iban) } else { Err("no iban") }
            }
        }
        assert_eq!(shape::<(Iban, Nested)>(), "(string, { a: u32 })");
    }

    #[test]
    fn a_part_of_a_tuple_is_any_where_it_is_not() {
        assert_eq!(shape::<(Code, Nested)>(), "(string, any)");
    }

    #[test]
    fn a_field_of_an_internally_tagged_enum_is_left_out() {
        #[derive(Deserialize)]
        #[serde(tag = "k")]
        enum Tagged {
            Y { before: u8, code: Code, after: Nested },
            Z { list: Vec<Code>, after: Nested },
        }
        assert_eq!(
            shape::<Tagged>(),
            "enum by k { Y { before: u8, code: string, .. }, \
             Z { after: { a: u32, .. }, list: [string], .. } }"
        );
    }
}

mod untagged {
    use super::*;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Untagged {
        Struct { x: u8 },
        Other(Nested),
    }

    #[test]
    fn an_enum_is_any() {
        assert_eq!(shape::<Untagged>(), "any");
        assert_eq!(Shape::of::<Untagged>().lines(), ["any"]);
    }

    #[test]
    fn what_comes_after_it_is_seen() {
        #[derive(Deserialize)]
        #[serde(tag = "k")]
        enum Tagged {
            Y { u: Untagged, after: Nested },
            Z { list: Vec<Untagged>, last: u8 },
        }
        assert_eq!(shape::<(Untagged, Nested)>(), "(any, { a: u32 })");
        assert_eq!(
            shape::<Tagged>(),
            "enum by k { Y { after: { a: u32, .. }, u: any, .. }, Z { last: u8, list: [any], .. } }"
        );
    }
}

mod kept_to_be_read_later {
    use super::*;

    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    enum Kind {
        Small { size: u8 },
        Large { weight: u32, parts: Vec<u8> },
    }

    #[test]
    fn tuples_and_lists_of_an_internally_tagged_enum_have_their_parts() {
        #[derive(Deserialize)]
        struct Pair(u8, Nested);
        #[derive(Deserialize)]
        #[serde(tag = "k")]
        enum Tagged {
            Tuples { t: ((u8, u16), String), pair: Pair, last: u8 },
            Lists { nested: Vec<Nested>, deep: Vec<Vec<u8>>, fixed: [u8; 8], last: u8 },
        }
        assert_eq!(
            shape::<Tagged>(),
            "enum by k { Lists { deep: [[u8]], fixed: [u8; 8], last: u8, nested: [{ a: u32, .. }], .. }, \
             Tuples { last: u8, pair: (u8, { a: u32, .. }), t: ((u8, u16), string), .. } }"
        );
    }

    #[test]
    fn a_flattened_internally_tagged_enum_has_the_fields_of_each_variant() {
        #[derive(Deserialize)]
        struct Parcel {
            to: String,
            #[serde(flatten)]
            kind: Kind,
        }
        assert_eq!(
            shape::<Parcel>(),
            "enum by kind { Large { parts: [u8], to: string, weight: u32, .. }, \
             Small { size: u8, to: string, .. } }"
        );
    }

    #[test]
    fn an_enum_in_an_internally_tagged_enum_is_never_the_first_of_its_variants() {
        #[derive(Deserialize)]
        #[serde(tag = "k")]
        enum Tagged {
            Y {
                kind: Kind,
                last: u8,
            },
            Z {
                #[serde(flatten)]
                kind: Kind,
            },
        }
        assert_eq!(shape::<Tagged>(), "enum by k { Y { kind: any, last: u8, .. }, Z(any) }");
    }

    #[test]
    fn a_type_that_contains_itself_ends() {
        #[derive(Deserialize)]
        struct List(Vec<List>);
        #[derive(Deserialize)]
        #[serde(tag = "k")]
        enum Tagged {
            Y { list: List, tuple: (u8, Vec<Tagged>) },
        }
        assert_eq!(shape::<List>(), "[[any]]");
        assert!(shape::<Tagged>().starts_with("enum by k { Y { list: [["), "{}", shape::<Tagged>());
    }
}
