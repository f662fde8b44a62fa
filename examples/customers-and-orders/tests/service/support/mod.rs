//! What the tests over HTTP share: a database of each kind, the running program, a client and a browser.

pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod place;
pub(crate) mod program;

/// Runs each of these on each database, as a test of its own.
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        on_each_database!(sqlite: $($test)+);
        on_each_database!(postgres: $($test)+);
        on_each_database!(mysql: $($test)+);
    };
    ($database:ident: $($test:ident)+) => {
        mod $database {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test(&crate::support::place::Place::$database().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_each_database;
