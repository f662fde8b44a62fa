//! Here es-core is called `event_sourcing`, and there is no `es_core`.

use event_sourcing::prelude::*;

/// Opens a shop.
#[derive(Debug, Clone, Serialize, Deserialize, Command)]
#[command(crate = event_sourcing)]
pub struct OpenShop;

/// Sells something.
#[derive(Debug, Clone, Serialize, Deserialize, Command)]
#[command(type = "sell", crate = event_sourcing)]
pub struct Sell {
    /// How much of it.
    pub amount: u32,
}

/// A shop was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(crate = event_sourcing)]
pub struct ShopOpened;

/// Something was sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(crate = ::event_sourcing, alias = "Bought")]
pub struct Sold {
    /// How much of it.
    pub amount: u32,
}

/// A number of a shop.
#[derive(Debug, Clone, PartialEq, AggregateId)]
#[aggregate_id(crate = event_sourcing)]
pub struct ShopNumber(u32);

/// What a shop has to know.
#[derive(Debug)]
pub struct Limit(pub u32);

/// There is too little left.
#[derive(Debug, PartialEq)]
pub struct SoldOut;

/// A shop.
#[derive(Debug)]
pub struct Shop {
    sold: u32,
}

#[aggregate(
    crate = event_sourcing,
    id = ShopNumber,
    services = Limit,
    events = ShopHappening,
    commands = ShopCommand,
)]
impl Shop {
    #[command_handler]
    fn open(_: &OpenShop) -> ShopOpened {
        ShopOpened
    }

    #[command_handler]
    async fn sell(
        &self,
        command: Sell,
        limit: &Limit,
        _: &CommandContext<Self>,
    ) -> Result<Sold, SoldOut> {
        if self.sold + command.amount > limit.0 {
            return Err(SoldOut);
        }
        Ok(Sold { amount: command.amount })
    }

    #[event_handler]
    fn opened(_: ShopOpened) -> Self {
        Shop { sold: 0 }
    }

    #[event_handler]
    fn sold(&mut self, event: &Sold, _: &EventContext<'_>) {
        self.sold += event.amount;
    }
}

/// Counts visits: it starts from the default.
#[derive(Debug, Default)]
pub struct Visits(u32);

#[aggregate(crate = event_sourcing)]
impl Visits {
    #[command_handler]
    fn sell(&self, _: Sell) -> Option<Sold> {
        None
    }

    #[event_handler]
    fn sold(self, _: Sold) -> Self {
        Visits(self.0 + 1)
    }
}

/// Hears of sales.
#[derive(Debug)]
pub struct Till;

#[event_subscriber(id = "till", transient, crate = event_sourcing)]
impl Till {
    #[event_handler]
    async fn sold(&self, cx: EventHandlerContext<'_, Sold>) -> Result<(), Failure> {
        cx.id::<Shop>()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use event_sourcing::testing::{Scenario, given};

    use super::{Limit, Sell, Shop, ShopOpened, Sold, SoldOut, Visits};

    #[test]
    fn an_aggregate_works_under_another_name_of_es_core() {
        let shop =
            || Scenario::<Shop>::with_services(Limit(3)).given((ShopOpened, Sold { amount: 2 }));
        shop().when(Sell { amount: 1 }).then(Sold { amount: 1 });
        shop().when(Sell { amount: 2 }).then_error(SoldOut);
        given::<Visits>(Sold { amount: 1 }).then_state(|visits| assert_eq!(visits.0, 1));
    }
}
