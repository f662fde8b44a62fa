//! The store on MariaDB and MySQL.

use es_core::Transaction;
use es_core::store::{
    Append, AppendError, Appended, Capabilities, EventStore, StoreError, StoreTransaction,
    StreamHead, StreamQuery, Visitor,
};
use futures_core::future::BoxFuture;

use crate::SqlxEventStoreBuilder;
use crate::prefix::TablePrefix;

pub(crate) struct MySqlStore {
    prefix: TablePrefix,
}

impl MySqlStore {
    pub(crate) async fn connect(
        builder: &SqlxEventStoreBuilder,
        _url: &str,
    ) -> Result<Self, StoreError> {
        let _ = MySqlStore { prefix: builder.prefix()? };
        Err(StoreError::Unsupported("MariaDB and MySQL yet"))
    }

    pub(crate) fn table_prefix(&self) -> &str {
        self.prefix.as_ref()
    }
}

impl EventStore for MySqlStore {
    fn capabilities(&self) -> Capabilities {
        Capabilities::none()
    }

    fn load<'a>(
        &'a self,
        _: StreamQuery<'a>,
        _: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet")) })
    }

    fn append(&self, _: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet").into()) })
    }

    fn entities<'a>(
        &'a self,
        _: &'a str,
        _: Option<&'a str>,
        _: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet")) })
    }

    fn begin(&self) -> BoxFuture<'_, Result<Transaction, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet")) })
    }
}

pub(crate) struct MySqlTransaction;

impl MySqlTransaction {
    pub(crate) fn connection(&mut self) -> Result<&mut sqlx::MySqlConnection, StoreError> {
        Err(StoreError::Unsupported("MariaDB and MySQL yet"))
    }
}

impl StoreTransaction for MySqlTransaction {
    fn load<'a>(
        &'a mut self,
        _: StreamQuery<'a>,
        _: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet")) })
    }

    fn append(&mut self, _: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async { Err(StoreError::Unsupported("MariaDB and MySQL yet").into()) })
    }

    fn commit(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}
