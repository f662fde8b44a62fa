//! The store in memory has every behaviour.

use es_core::MemoryEventStore;

es_core::conformance_tests!(async { MemoryEventStore::new() });
