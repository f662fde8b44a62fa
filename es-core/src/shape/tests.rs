use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use serde::{Deserialize, Deserializer};

use super::Shape;

fn shape<T: serde::de::DeserializeOwned>() -> String {
    let shape = Shape::of::<T>();
    assert_eq!(shape, Shape::of::<T>(), "the shape isn't the same each time");
    let text = shape.to_string();
    let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '.');
    assert_eq!(shape.hides(), words.any(|word| word == "any" || word == ".."), "{text}");
    text
}

#[test]
fn a_struct_has_its_fields_by_name() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Plain {
        owner: String,
        amount: u64,
        rate: f64,
        #[serde(rename = "kind")]
        sort: char,
        note: Option<String>,
        #[serde(skip)]
        skipped: u8,
        nothing: (),
    }
    assert_eq!(
        shape::<Plain>(),
        "{ amount: u64, kind: char, note: string?, nothing: null, owner: string, rate: f64 }"
    );
}

#[test]
fn newtypes_are_what_is_in_them_and_other_tuples_are_lists() {
    #[derive(Deserialize)]
    struct Cents(#[allow(dead_code)] i64);
    #[derive(Deserialize)]
    struct Pair(#[allow(dead_code)] Cents, #[allow(dead_code)] String);
    #[derive(Deserialize)]
    struct Unit;
    assert_eq!(shape::<Cents>(), "i64");
    assert_eq!(shape::<Pair>(), "(i64, string)");
    assert_eq!(shape::<Unit>(), "null");
    assert_eq!(shape::<[u8; 32]>(), "[u8; 32]");
}

#[test]
fn lists_and_maps_have_the_shape_of_their_parts() {
    assert_eq!(shape::<Vec<Option<bool>>>(), "[bool?]");
    assert_eq!(shape::<HashMap<String, Vec<u32>>>(), "map<string, [u32]>");
    assert_eq!(shape::<BTreeMap<u64, BTreeMap<u64, i8>>>(), "map<u64, map<u64, i8>>");
}

#[derive(Deserialize)]
#[allow(dead_code)]
enum Payment {
    Cash,
    Card(String),
    Transfer { iban: String, at: Option<u32> },
    Pair(u8, bool),
}

#[test]
fn an_enum_has_its_variants_with_what_they_hold() {
    assert_eq!(
        shape::<Payment>(),
        "enum { Card(string), Cash, Pair(u8, bool), Transfer { at: u32?, iban: string } }"
    );
}

#[test]
fn a_struct_variant_has_the_shape_of_a_variant_with_a_struct() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        iban: String,
        at: Option<u32>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Outer {
        Cash,
        Card(String),
        Transfer(Inner),
        Pair((u8, bool)),
    }
    assert_eq!(shape::<Outer>(), shape::<Payment>());
}

#[test]
fn an_internally_tagged_enum_has_the_fields_of_each_variant() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        deep: bool,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    #[serde(tag = "type")]
    enum Tagged {
        Nothing,
        Text { text: String, size: u16 },
        Many { inner: Inner, list: Vec<i32> },
        New(Inner),
    }
    assert_eq!(
        shape::<Tagged>(),
        "enum by type { Many { inner: { deep: bool, .. }, list: [i32], .. }, New { deep: bool, .. }, \
         Nothing { .. }, Text { size: u16, text: string, .. } }"
    );
}

#[test]
fn an_adjacently_tagged_enum_has_the_content_of_each_variant() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    #[serde(tag = "t", content = "c")]
    enum Tagged {
        Nothing,
        Text(String),
        Many { a: u8 },
    }
    assert_eq!(
        shape::<Tagged>(),
        "enum by t { Many { c: { a: u8, .. } }, Nothing { c: any }, Text { c: string } }"
    );
}

#[test]
fn a_flattened_struct_has_all_fields_that_have_to_be_there() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Money {
        cents: i64,
        currency: String,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Outer {
        owner: String,
        #[serde(flatten)]
        money: Money,
    }
    assert_eq!(shape::<Outer>(), "{ cents: i64, currency: string, owner: string, .. }");

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Loose {
        note: Option<String>,
        #[serde(flatten)]
        rest: HashMap<String, String>,
    }
    assert_eq!(shape::<Loose>(), "{ .. }");
}

#[test]
fn an_alias_is_no_field() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Renamed {
        #[serde(alias = "client", alias = "customer")]
        owner: String,
        amount: u8,
    }
    assert_eq!(shape::<Renamed>(), "{ amount: u8, owner: string }");
}

#[test]
fn what_may_be_anything_is_any() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Loose {
        value: serde_json::Value,
        choice: Untagged,
        last: u8,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    #[serde(untagged)]
    enum Untagged {
        Text(String),
        Number(u8),
    }
    assert_eq!(shape::<serde_json::Value>(), "any");
    assert!(shape::<Loose>().ends_with("last: u8, value: any }"), "{}", shape::<Loose>());
}

#[test]
fn values_that_a_type_refuses_are_tried_until_one_is_taken() {
    #[derive(Deserialize)]
    #[serde(try_from = "String")]
    struct Time;
    impl TryFrom<String> for Time {
        type Error = jiff::Error;

        fn try_from(text: String) -> Result<Self, jiff::Error> {
            text.parse::<jiff::Timestamp>().map(|_| Time)
        }
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Strict {
        id: (uuid::Uuid, u8),
        at: (Time, u8),
        address: (std::net::IpAddr, u8),
        count: (NonZeroU32, u8),
    }
    assert_eq!(
        shape::<Strict>(),
        "{ address: (string, u8), at: (string, u8), count: (u32, u8), id: (string, u8) }"
    );
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Iban;

impl TryFrom<String> for Iban {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "DE02120300000000202051" { Ok(Iban) } else { Err("not an iban".into()) }
    }
}

#[test]
fn a_value_that_none_of_those_tried_satisfies_hides_no_other_field() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Opened {
        before: u8,
        iban: Iban,
        after: Option<bool>,
        list: Vec<Iban>,
        inner: Inner,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        first: Iban,
        second: u16,
    }
    assert_eq!(
        shape::<Opened>(),
        "{ after: bool?, before: u8, iban: string, inner: { first: string, second: u16 }, list: [string] }"
    );
}

#[test]
fn a_deserialize_written_by_hand_is_seen_as_it_reads() {
    #[derive(Debug)]
    struct Hex;
    impl<'de> Deserialize<'de> for Hex {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            if text.len() == 36 { Ok(Hex) } else { Err(serde::de::Error::custom("not hex")) }
        }
    }
    assert_eq!(shape::<(Hex, u8)>(), "(string, u8)");
}

#[test]
fn a_type_that_contains_itself_ends() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Tree {
        name: String,
        children: Vec<Tree>,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Sum {
        Add(Box<Sum>, Box<Sum>),
        Number(i64),
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    #[serde(tag = "op")]
    enum Op {
        Neg { of: Box<Op> },
        Number { value: i64 },
    }
    assert_eq!(shape::<Tree>(), "{ children: [^], name: string }");
    assert_eq!(shape::<Sum>(), "enum { Add(^, ^), Number(i64) }");
    assert!(shape::<Op>().contains("Number { value: i64, .. }"), "{}", shape::<Op>());
}

#[test]
fn the_order_of_fields_and_variants_and_the_names_of_types_change_nothing() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct One {
        a: u8,
        b: Left,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Left {
        X,
        Y,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Two {
        b: Right,
        a: u8,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Right {
        Y,
        X,
    }
    assert_eq!(Shape::of::<One>(), Shape::of::<Two>());
    assert_eq!(Shape::of::<One>().fingerprint(), Shape::of::<Two>().fingerprint());
}

#[test]
fn every_change_of_a_field_changes_the_fingerprint() {
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Before {
        a: u8,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Wider {
        a: u16,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Renamed {
        b: u8,
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct More {
        a: u8,
        b: Option<u8>,
    }
    let prints = [
        Shape::of::<Before>().fingerprint(),
        Shape::of::<Wider>().fingerprint(),
        Shape::of::<Renamed>().fingerprint(),
        Shape::of::<More>().fingerprint(),
    ];
    let different: std::collections::HashSet<_> = prints.iter().collect();
    assert_eq!(different.len(), prints.len(), "{prints:?}");
}
