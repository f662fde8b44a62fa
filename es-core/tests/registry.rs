//! What the registry knows of the aggregates that are linked into this program.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod common;

use es_core::Aggregate;
use es_core::registry;

#[test]
fn the_catalogue_as_json_has_commands_and_events_of_every_aggregate() {
    assert_eq!(<common::Account as Aggregate>::TYPE, "bank.Account");
    let catalogue: serde_json::Value = serde_json::from_str(&registry::catalogue_json()).unwrap();
    assert_eq!(
        catalogue,
        serde_json::json!([{
            "entity_type": "bank.Account",
            "rust_type": "registry::common::Account",
            "commands": [
                { "command_type": "OpenAccount", "handler": "open", "creates": true },
                { "command_type": "Deposit", "handler": "deposit", "creates": false },
                { "command_type": "Withdraw", "handler": "withdraw", "creates": false },
            ],
            "events": [
                { "event_type": "AccountOpened", "aliases": [], "schema_version": 1, "handler": "opened", "deletes": false },
                { "event_type": "Deposited", "aliases": ["MoneyIn"], "schema_version": 1, "handler": "deposited", "deletes": false },
                { "event_type": "MoneyWithdrawn", "aliases": [], "schema_version": 2, "handler": "withdrawn", "deletes": false },
            ],
            "upcasters": [],
        }])
    );
}

#[test]
fn the_catalogue_as_a_chart_leads_from_commands_to_events() {
    assert_eq!(
        registry::catalogue_mermaid(),
        "\
flowchart LR
    a0[[\"bank.Account\"]]
    a0c0(\"OpenAccount\") ==> a0
    a0c1(\"Deposit\") --> a0
    a0c2(\"Withdraw\") --> a0
    a0 --> a0e0>\"AccountOpened\"]
    a0 --> a0e1>\"Deposited\"]
    a0 --> a0e2>\"MoneyWithdrawn\"]
"
    );
}
