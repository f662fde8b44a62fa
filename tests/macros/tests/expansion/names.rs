//! Stored names, names in other modules, raw identifiers, and one instance of a generic type.

use es_core::prelude::*;

pub mod events {
    use es_core::prelude::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    #[event(type = "PriceSet", alias = "Priced", version = 2)]
    pub struct PriceWasSet {
        pub cents: u64,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
    pub struct r#Loop;
}

#[derive(Clone, Deserialize, Command)]
#[command(type = "price.set")]
pub struct SetPrice {
    pub cents: u64,
}

#[derive(Clone, Deserialize, Command)]
pub struct r#Match;

pub struct Euro;

pub struct Price<C> {
    pub cents: u64,
    pub currency: std::marker::PhantomData<C>,
}

#[aggregate(type = "shop.EuroPrice", events = EuroPriceEvent, commands = EuroPriceCommand)]
impl Price<Euro> {
    #[command_handler]
    fn r#fn(command: SetPrice) -> events::PriceWasSet {
        events::PriceWasSet { cents: command.cents }
    }

    #[command_handler]
    fn r#match(&self, _: r#Match) -> events::r#Loop {
        events::r#Loop
    }

    #[event_handler]
    fn r#type(r#event: &events::PriceWasSet) -> Self {
        Price { cents: r#event.cents, currency: std::marker::PhantomData }
    }

    #[event_handler]
    fn r#loop(&mut self, _: &events::r#Loop) {
        self.cents = 0;
    }
}
