use super::*;
use futures_core::future::BoxFuture;
/// TEMP
#[derive(Debug, Clone, Default)]
pub struct MemoryEventStore;
