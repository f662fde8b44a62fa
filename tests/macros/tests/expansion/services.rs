//! Handlers that wait, and take services and contexts.

use es_core::prelude::*;

/// What a currency is worth.
pub trait Rates: Send + Sync {
    fn rate(&self, currency: &str) -> u64;
}

#[derive(Clone, Command)]
pub struct OpenWallet;

#[derive(Clone, Command)]
pub struct Exchange {
    pub currency: String,
}

#[derive(Serialize, Deserialize, Event)]
pub struct WalletOpened {
    pub id: Id<Wallet>,
}

#[derive(Serialize, Deserialize, Event)]
pub struct Exchanged {
    pub rate: u64,
}

pub struct Wallet {
    pub rate: u64,
    pub changes: Version,
}

#[aggregate(services = dyn Rates)]
impl Wallet {
    #[command_handler]
    async fn open(_: &OpenWallet, cx: &CommandContext<Self>) -> WalletOpened {
        WalletOpened { id: *cx.id() }
    }

    #[command_handler]
    async fn exchange(
        &self,
        command: Exchange,
        rates: &dyn Rates,
        cx: &CommandContext<Wallet>,
    ) -> Result<(Exchanged,), std::fmt::Error> {
        if cx.version() > Version::new(100) {
            return Err(std::fmt::Error);
        }
        Ok((Exchanged { rate: rates.rate(&command.currency) },))
    }

    #[event_handler]
    fn opened(_: WalletOpened, cx: &EventContext<'_>) -> Self {
        Wallet { rate: 1, changes: cx.version() }
    }

    #[event_handler]
    fn exchanged(&mut self, event: &Exchanged, cx: &EventContext<'_>) {
        self.rate = event.rate;
        self.changes = cx.version();
    }
}
