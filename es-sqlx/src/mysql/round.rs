use es_core::Version;
use es_core::store::Append;
use sqlx::mysql::MySqlRow;
use sqlx::{Connection, MySqlConnection};
use uuid::Uuid;

use super::append::{Failure, Obstacle, Server};
use super::script::{self, Needs, Place};
use super::{direct, error, packet};

/// What the server may need of a packet for itself.
pub(super) const PACKET_OVERHEAD: usize = 64 * 1024;

/// One attempt to store the appends that are open.
///
/// On MariaDB it is one message, a prepared block of statements, and another one where a group is refused. MySQL has no such
/// blocks, so there it is two: the values, and the text of all statements that use them. It is more only where the events
/// don't fit into one packet.
pub(super) struct Round<'a> {
    pub(super) server: Server<'a>,
    pub(super) place: Place,
    pub(super) appends: &'a [Append],
    pub(super) open: &'a [usize],
    /// It isn't the first one.
    pub(super) again: bool,
}

impl<'a> Round<'a> {
    /// Whether the server takes the events of an append.
    pub(super) fn takes(server: Server<'_>, append: &Append) -> bool {
        packet::fits(append, server.max_packet.saturating_sub(PACKET_OVERHEAD))
    }

    /// Returns what is in the way of the appends that weren't stored.
    pub(super) async fn run(
        &self,
        connection: &mut MySqlConnection,
    ) -> Result<Vec<Obstacle>, Failure> {
        let attempt = Uuid::now_v7();
        if self.place == Place::Alone
            && !self.again
            && let Some(obstacles) = self.direct(connection, attempt).await?
        {
            return Ok(obstacles);
        }
        let appends = packet::appends(self.appends());
        let limit = self.server.max_packet.saturating_sub(PACKET_OVERHEAD + appends.len());
        let packets = packet::split(self.appends().map(|(_, append)| append), limit);
        if packets.len() > 1 {
            return self.packets(connection, attempt, appends, &packets).await;
        }
        let events = packet::events(packets.first().map_or(&[][..], Vec::as_slice));
        if self.server.blocks {
            return self.block(connection, attempt, appends, events).await;
        }
        self.bind(connection, attempt, appends, events).await?;
        match self.place {
            Place::Alone => {
                let rows = self.text(connection, script::BEGIN, self.needs(), "COMMIT").await;
                obstacles(rows).map_err(Failure::of_commit)
            }
            Place::Within => {
                let opens = script::RENEW_SAVEPOINT;
                Ok(obstacles(self.text(connection, opens, self.needs(), "").await)?)
            }
        }
    }

    fn appends(&self) -> impl Iterator<Item = (usize, &'a Append)> + Clone {
        self.open.iter().map(|&n| (n, &self.appends[n]))
    }

    fn needs(&self) -> Needs {
        let mut appends = self.appends().map(|(_, append)| append);
        Needs {
            creates: appends.clone().any(|append| append.expected == Version::NONE),
            // An entity that is to be created may be there at version 0.
            changes: self.again || appends.clone().any(|append| append.expected != Version::NONE),
            messages: appends.clone().any(|append| append.message.is_some()),
            events: appends.any(|append| !append.events().is_empty()),
        }
    }

    /// Without a packet, which is much faster where nothing is in the way. `None` if that can't be, or none of several appends
    /// was stored.
    async fn direct(
        &self,
        connection: &mut MySqlConnection,
        attempt: Uuid,
    ) -> Result<Option<Vec<Obstacle>>, Failure> {
        let appends: Vec<&Append> = self.appends().map(|(_, append)| append).collect();
        let statement = self.server.statements.direct.statement(self.server, &appends);
        let Some(statement) = statement.filter(|_| self.open.len() == self.appends.len()) else {
            return Ok(None);
        };
        let values = direct::values(&appends, attempt)?;
        let rows = sqlx::query_with(statement.sql(), values).fetch_all(connection);
        let rows = self.answer(rows).await.map_err(Failure::of_commit)?;
        if appends.len() > 1 && !rows.is_empty() {
            return Ok(None);
        }
        Ok(Some(obstacles(Ok(rows))?))
    }

    async fn block(
        &self,
        connection: &mut MySqlConnection,
        attempt: Uuid,
        appends: String,
        events: String,
    ) -> Result<Vec<Obstacle>, Failure> {
        let (block, failed): (_, fn(sqlx::Error) -> Failure) = match self.place {
            Place::Alone => (&self.server.statements.block_alone, Failure::of_commit),
            Place::Within => (&self.server.statements.block_within, Failure::from),
        };
        let needs = self.needs();
        let rows = sqlx::query(block.sql())
            .bind(needs.creates)
            .bind(needs.changes)
            .bind(needs.messages)
            .bind(needs.events)
            .bind(&attempt.as_bytes()[..])
            .bind(appends)
            .bind(events)
            .fetch_all(connection);
        obstacles(self.answer(rows).await).map_err(failed)
    }

    /// The events go in several packets, since the server doesn't take them in one.
    async fn packets(
        &self,
        connection: &mut MySqlConnection,
        attempt: Uuid,
        appends: String,
        packets: &[Vec<packet::Part<'_>>],
    ) -> Result<Vec<Obstacle>, Failure> {
        let no_events = Needs { events: false, ..self.needs() };
        self.bind(&mut *connection, attempt, appends, "[]".to_owned()).await?;
        if self.place == Place::Within {
            let opens = script::RENEW_SAVEPOINT;
            let obstacles = obstacles(self.text(connection, opens, no_events, "").await)?;
            self.events(connection, packets).await?;
            return Ok(obstacles);
        }
        // Dropped in the middle, it rolls back.
        let mut transaction = self.answer(connection.begin_with(script::BEGIN)).await?;
        let obstacles = obstacles(self.text(&mut transaction, "", no_events, "").await)?;
        self.events(&mut transaction, packets).await?;
        self.answer(transaction.commit()).await.map_err(Failure::of_commit)?;
        Ok(obstacles)
    }

    async fn events(
        &self,
        connection: &mut MySqlConnection,
        packets: &[Vec<packet::Part<'_>>],
    ) -> Result<(), sqlx::Error> {
        for packet in packets {
            let bind = sqlx::query(self.server.statements.bind_events.sql());
            let bind = bind.bind(packet::events(packet));
            self.answer(bind.execute(&mut *connection)).await?;
            let events = sqlx::raw_sql(self.server.statements.script.events());
            self.answer(events.execute(&mut *connection)).await?;
        }
        Ok(())
    }

    async fn bind(
        &self,
        connection: &mut MySqlConnection,
        attempt: Uuid,
        appends: String,
        events: String,
    ) -> Result<(), sqlx::Error> {
        let bind = sqlx::query(self.server.statements.bind.sql())
            .bind(&attempt.as_bytes()[..])
            .bind(appends)
            .bind(events)
            .execute(connection);
        self.answer(bind).await.map(drop)
    }

    async fn text(
        &self,
        connection: &mut MySqlConnection,
        opens: &str,
        needs: Needs,
        closes: &str,
    ) -> Result<Vec<MySqlRow>, sqlx::Error> {
        let text = self.server.statements.script.text(opens, needs, closes);
        self.answer(sqlx::raw_sql(text).fetch_all(connection)).await
    }

    async fn answer<T>(
        &self,
        step: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        error::within(self.server.limits.answer(), step).await
    }
}

fn obstacles(rows: Result<Vec<MySqlRow>, sqlx::Error>) -> Result<Vec<Obstacle>, sqlx::Error> {
    rows?.iter().map(Obstacle::read).collect()
}
