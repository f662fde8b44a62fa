use es_core::Id;
use sqlx::FromRow;

use super::Database;
use super::database::Value::{Number, Text};
use crate::domain::Customer;

/// Reads the view.
#[derive(Debug, Clone)]
pub struct Reader {
    database: Database,
}

/// Rows, the newest first.
#[derive(Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<i64>,
}

#[derive(Debug, PartialEq, FromRow)]
pub struct CustomerRow {
    pub id: String,
    pub created_position: i64,
    pub name: String,
    pub credit_limit: i64,
    pub reserved: i64,
    pub changes: i64,
}

#[derive(Debug, PartialEq, FromRow)]
pub struct OrderRow {
    pub id: String,
    pub created_position: i64,
    pub customer_id: String,
    pub total: i64,
    pub state: String,
    pub reason: Option<String>,
    pub changes: i64,
}

impl Reader {
    pub fn new(database: Database) -> Self {
        Reader { database }
    }

    /// Up to `limit` customers that came to be before this position.
    ///
    /// # Errors
    /// The database failed.
    pub async fn customers(&self, before: i64, limit: u16) -> sqlx::Result<Page<CustomerRow>> {
        let select = "SELECT id, created_position, name, credit_limit, reserved, changes
                      FROM history_customers WHERE created_position < $1
                      ORDER BY created_position DESC LIMIT $2";
        let values = [Number(before), one_more_than(limit)];
        let rows = self.database.rows(select, &values).await?;
        Ok(Page::of(rows, limit, |row: &CustomerRow| row.created_position))
    }

    /// Up to `limit` orders that came to be before this position.
    ///
    /// # Errors
    /// The database failed.
    pub async fn orders(&self, before: i64, limit: u16) -> sqlx::Result<Page<OrderRow>> {
        let select = "SELECT id, created_position, customer_id, total, state, reason, changes
                      FROM history_orders WHERE created_position < $1
                      ORDER BY created_position DESC LIMIT $2";
        let rows = self.database.rows(select, &[Number(before), one_more_than(limit)]).await?;
        Ok(Page::of(rows, limit, |row: &OrderRow| row.created_position))
    }

    /// The same of one customer.
    ///
    /// # Errors
    /// The database failed.
    pub async fn orders_of(
        &self,
        customer: &Id<Customer>,
        before: i64,
        limit: u16,
    ) -> sqlx::Result<Page<OrderRow>> {
        let select = "SELECT id, created_position, customer_id, total, state, reason, changes
                      FROM history_orders WHERE customer_id = $1 AND created_position < $2
                      ORDER BY created_position DESC LIMIT $3";
        let customer = customer.to_string();
        let values = [Text(&customer), Number(before), one_more_than(limit)];
        let rows = self.database.rows(select, &values).await?;
        Ok(Page::of(rows, limit, |row: &OrderRow| row.created_position))
    }
}

/// The row too many that tells whether there is another page.
fn one_more_than(limit: u16) -> super::database::Value<'static> {
    Number(i64::from(limit) + 1)
}

impl<T> Page<T> {
    fn of(mut rows: Vec<T>, limit: u16, position: impl Fn(&T) -> i64) -> Self {
        let more = rows.len() > usize::from(limit);
        rows.truncate(limit.into());
        let next = rows.last().filter(|_| more).map(position);
        Page { rows, next }
    }
}
