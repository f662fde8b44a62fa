//! `examples/expanded` is the bank's account as the macros would write it, by hand: it says what they do write.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "this aggregate is compiled, compared and never run"
)]

use std::fs;
use std::path::Path;

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, File, Item, ItemImpl, Macro, Stmt, parse_quote};

#[path = "../../../examples/bank/src/domain.rs"]
mod domain;
#[path = "../../../examples/bank/src/number.rs"]
mod number;

/// The types in `messages_expanded.rs`, in its order.
const MESSAGES: [&str; 8] = [
    "OpenAccount",
    "Deposit",
    "Withdraw",
    "CloseAccount",
    "AccountOpened",
    "MoneyDeposited",
    "MoneyWithdrawn",
    "AccountClosed",
];

#[test]
fn the_aggregate_written_by_hand_is_what_the_macro_writes() {
    assert_same("account_expanded.rs", &["Account"]);
}

#[test]
fn the_messages_written_by_hand_are_what_the_derives_write() {
    assert_same("messages_expanded.rs", &MESSAGES);
}

fn assert_same(file: &str, names: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/expanded/src");
    let by_hand = items(&fs::read_to_string(folder.join(file)).unwrap());
    let by_macro = items(&macro_tests::expansions("by_hand", names).concat());
    let differ = by_hand.iter().zip(&by_macro).find(|(by_hand, by_macro)| by_hand != by_macro);
    if let Some((by_hand, by_macro)) = differ {
        let mut lines = by_hand.lines().zip(by_macro.lines());
        let (left, right) = lines.find(|(left, right)| left != right).unwrap_or_default();
        panic!("by hand:\n{left}\nby the macro:\n{right}\nin\n{by_macro}");
    }
    assert_eq!(by_hand.len(), by_macro.len(), "one of the two has more items");
}

/// The items of a file without imports, each formatted, so that neither the layout nor comments count.
fn items(code: &str) -> Vec<String> {
    let mut file: File = syn::parse_str(code).unwrap();
    Plain.visit_file_mut(&mut file);
    let items = std::mem::take(&mut file.items).into_iter().flat_map(unwrapped);
    let mut formatted = |item| {
        file.items = vec![item];
        prettyplease::unparse(&file)
    };
    items.map(&mut formatted).collect()
}

/// The items in a `const _: () = { … };`, which says nothing but where they are.
fn unwrapped(item: Item) -> Vec<Item> {
    match item {
        Item::Const(constant) if constant.ident == "_" => match *constant.expr {
            Expr::Block(block) => block.block.stmts.into_iter().map(stated).collect(),
            _ => vec![Item::Const(constant)],
        },
        item => vec![item],
    }
}

fn stated(statement: Stmt) -> Item {
    match statement {
        Stmt::Item(item) => item,
        Stmt::Macro(call) => argument(&call.mac),
        _ => panic!("only items are written"),
    }
}

/// The one argument of a call as an item, since the tokens of a call can't be formatted.
fn argument(call: &Macro) -> Item {
    let argument: Expr = call.parse_body().unwrap();
    parse_quote!(const _: () = #argument;)
}

/// Leaves out what is only for people and lints.
struct Plain;

impl VisitMut for Plain {
    fn visit_file_mut(&mut self, file: &mut File) {
        file.attrs.clear();
        file.items.retain(|item| !matches!(item, Item::Use(_)));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_impl_mut(&mut self, block: &mut ItemImpl) {
        block.attrs.retain(|attribute| !attribute.path().is_ident("automatically_derived"));
    }
}
