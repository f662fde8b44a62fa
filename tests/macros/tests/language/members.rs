//! Whatever an impl block may hold besides handlers.

use es_core::prelude::*;
use es_core::testing::given;

#[derive(Clone, Command)]
pub struct Add {
    pub amount: u64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Event)]
pub struct Added {
    pub amount: u64,
}

#[derive(Default)]
pub struct Sum {
    total: u64,
}

macro_rules! getter {
    ($name:ident) => {
        pub fn $name(&self) -> u64 {
            self.total
        }
    };
}

#[aggregate]
impl Sum {
    /// A limit, with braces and brackets in its value.
    pub const LIMIT: u64 = {
        struct Inner {
            limit: u64,
        }
        Inner { limit: [100; 1][0] }.limit
    };
    pub(crate) const STEPS: [u64; 2] = [1, 2];
    const NONE: Self = Sum { total: 0 };

    /// Docs are kept.
    #[command_handler]
    pub const fn add(&self, command: &Add) -> Added {
        let amount = if command.amount < Self::LIMIT { command.amount } else { Self::LIMIT };
        Added { amount }
    }

    #[event_handler]
    pub(crate) fn added(&mut self, event: &Added) {
        self.total += event.amount;
    }

    pub fn largest<'a, T>(items: &'a [T], least: &'a T) -> &'a T
    where
        T: Ord,
    {
        items.iter().max().unwrap_or(least)
    }

    pub fn of<const N: usize>(items: [u64; N]) -> Self {
        let Sum { total } = Self::NONE;
        Sum { total: items.iter().fold(total, |sum, item| sum + item) }
    }

    pub fn each(&self, mut f: impl FnMut(u64) -> bool) -> impl Iterator<Item = u64> {
        Self::STEPS.into_iter().filter(move |step| f(*step))
    }

    pub async fn later(self: std::sync::Arc<Self>) -> u64 {
        std::future::ready(self.total).await
    }

    pub const fn half(&self) -> u64 {
        self.total / 2
    }

    #[allow(improper_ctypes_definitions, reason = "nobody but Rust calls it")]
    pub extern "C" fn twice(self) -> u64 {
        if self.total < Self::LIMIT << 1 { self.total << 1 } else { self.total >> 1 }
    }

    getter!(total);
}

#[test]
fn handlers_are_still_methods() {
    let mut sum = Sum::of([1, 2, 3]);
    let added: Added = sum.add(&Add { amount: 1000 });
    sum.added(&added);
    assert_eq!(sum.total(), 106);
}

#[test]
fn everything_else_is_still_there() {
    let sum = Sum::of([4, 6]);
    assert_eq!(Sum::largest(&[1, 3, 2], &0), &3);
    assert_eq!(sum.each(|step| step > 1).collect::<Vec<_>>(), [2]);
    assert_eq!((sum.half(), sum.twice()), (5, 20));
}

#[tokio::test]
async fn asynchronous_methods_that_are_no_handlers_may_have_any_receiver() {
    assert_eq!(std::sync::Arc::new(Sum::of([7])).later().await, 7);
}

#[test]
fn handlers_use_the_constants_of_the_block() {
    given::<Sum>(Added { amount: 0 }).when(Add { amount: 101 }).then(Added { amount: 100 });
}
