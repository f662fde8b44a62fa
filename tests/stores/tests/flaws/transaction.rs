//! A transaction is a copy of the whole state that replaces it at the commit.

use es_core::store::{
    Append, AppendError, Appended, NewSnapshot, StoreError, StoreTransaction, StreamHead,
    StreamQuery, Visitor,
};
use futures_core::future::BoxFuture;
use tokio::sync::OwnedMutexGuard;

use crate::feed::{self, TellsWhenDropped};
use crate::flaw::Flaw;
use crate::state::State;
use crate::store::FlawedStore;

pub(crate) struct FlawedTransaction {
    store: FlawedStore,
    before: State,
    state: State,
    /// With positions that they had before the commit, of a store that lets others write meanwhile.
    late: Vec<(u64, Append)>,
    /// The position that was reserved at the beginning.
    reserved: u64,
    changed: bool,
    over: bool,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl FlawedTransaction {
    pub(crate) fn new(store: &FlawedStore, turn: Option<OwnedMutexGuard<()>>) -> Self {
        let reserved = feed::begin(store);
        let state = store.shared.state().clone();
        FlawedTransaction {
            late: Vec::new(),
            reserved,
            store: store.clone(),
            before: state.clone(),
            state,
            changed: false,
            over: false,
            _turn: turn,
        }
    }

    fn try_append(&mut self, append: Append) -> Result<Appended, AppendError> {
        if self.store.flaw.is_some_and(feed::is_concurrent) {
            return self.append_late(append);
        }
        if self.store.flaw == Some(Flaw::ChecksOutside) {
            self.before.clone().append(append.clone(), None)?;
        }
        let outcome = self.state.append(append, self.store.flaw);
        match self.store.flaw {
            Some(Flaw::ShowsUncommitted) => *self.store.shared.state() = self.state.clone(),
            Some(Flaw::ForgetsAfterRefusal) if outcome.is_err() => {
                self.state = self.before.clone();
            }
            _ => {}
        }
        self.changed = true;
        outcome
    }

    fn append_late(&mut self, append: Append) -> Result<Appended, AppendError> {
        let position = match self.store.flaw {
            Some(Flaw::NumbersAtAppend) => feed::reserve(&self.store, append.events().len()),
            _ => self.reserved,
        };
        let appended = self.now()?.append_at(position, append.clone(), None)?;
        self.reserved += append.events().len() as u64;
        self.late.push((position, append));
        Ok(appended)
    }

    /// What is committed, with what this transaction appended late.
    fn now(&self) -> Result<State, AppendError> {
        let mut state = self.store.shared.state().clone();
        for (position, append) in &self.late {
            state.append_at(*position, append.clone(), None)?;
        }
        Ok(state)
    }

    fn commit_late(&self) -> Result<(), StoreError> {
        let state = self.now().map_err(StoreError::database)?;
        *self.store.shared.state() = state;
        Ok(())
    }
}

impl StoreTransaction for FlawedTransaction {
    fn load<'a>(
        &'a mut self,
        query: StreamQuery<'a>,
        visit: &'a mut Visitor<'_>,
    ) -> BoxFuture<'a, Result<StreamHead, StoreError>> {
        Box::pin(async move {
            if !self.late.is_empty() {
                let state = self.now().map_err(StoreError::database)?;
                return Ok(state.show(query, None, self.store.flaw, visit));
            }
            let state = if self.store.flaw == Some(Flaw::ReadsOutside) {
                &self.before
            } else {
                &self.state
            };
            let snapshot = state.snapshot(&query, self.store.flaw);
            Ok(state.show(query, snapshot, self.store.flaw, visit))
        })
    }

    fn append(&mut self, append: Append) -> BoxFuture<'_, Result<Appended, AppendError>> {
        Box::pin(async move { self.try_append(append) })
    }

    fn keep_snapshot(&mut self, snapshot: NewSnapshot) -> BoxFuture<'_, Result<(), StoreError>> {
        let flaw = self.store.flaw;
        if flaw == Some(Flaw::KeepsSnapshotsOutside) {
            self.store.shared.state().keep_snapshot(snapshot, flaw);
        } else {
            self.state.keep_snapshot(snapshot, flaw);
        }
        Box::pin(async { Ok(()) })
    }

    fn commit(mut self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move {
            self.over = true;
            let _told = TellsWhenDropped(&self.store.shared.grown);
            match self.store.flaw {
                Some(flaw) if feed::is_concurrent(flaw) => self.commit_late()?,
                Some(Flaw::LosesCommits) => {}
                Some(Flaw::CommitsNoNothing) if !self.changed => {
                    return Err(StoreError::Corrupt("nothing to commit".to_owned()));
                }
                Some(Flaw::CommitsStreamByStream) => {
                    for stream in self.state.streams() {
                        self.store.shared.state().take(stream);
                        tokio::task::yield_now().await;
                    }
                }
                _ => *self.store.shared.state() = self.state.clone(),
            }
            Ok(())
        })
    }

    fn rollback(self: Box<Self>) -> BoxFuture<'static, Result<(), StoreError>> {
        Box::pin(async move { Ok(()) })
    }
}

impl Drop for FlawedTransaction {
    fn drop(&mut self) {
        feed::end(&self.store);
        match self.store.flaw {
            _ if self.over => {}
            Some(Flaw::KeepsRolledBack) => *self.store.shared.state() = self.state.clone(),
            Some(Flaw::ShowsUncommitted) => *self.store.shared.state() = self.before.clone(),
            _ => {}
        }
    }
}
