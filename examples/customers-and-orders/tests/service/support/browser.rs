use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

/// What is waited for on a page comes soon.
const SOON: Duration = Duration::from_secs(30);

/// A browser without a window, which ends with this value.
pub(crate) struct Browser {
    driver: Child,
    client: Client,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let driver = std::env::var("ES_TEST_CHROMEDRIVER").expect(
            "ES_TEST_CHROMEDRIVER names no ChromeDriver: run `cargo xtask test`, which brings one",
        );
        let mut driver =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let options = json!({ "goog:chromeOptions": { "args": arguments } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(options.as_object().unwrap().clone())
            .connect(&format!("http://127.0.0.1:{}", port.expect("it says its port")))
            .await
            .unwrap();
        Browser { driver, client, _profile: profile }
    }

    pub(crate) async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// What a selector of CSS leads to, as soon as it is there.
    pub(crate) async fn find(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(SOON).for_element(Locator::Css(selector));
        wait.await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// What has this name for tests.
    pub(crate) async fn named(&self, name: &str) -> Element {
        self.find(&format!("[data-testid={name}]")).await
    }

    pub(crate) async fn enter(&self, name: &str, text: &str) {
        let field = self.named(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn click(&self, name: &str) {
        self.named(name).await.click().await.unwrap();
    }

    /// Clicks what a selector of CSS leads to. It may be replaced meanwhile.
    pub(crate) async fn press(&self, selector: &str) {
        let limit = tokio::time::Instant::now() + SOON;
        while let Err(error) = self.find(selector).await.click().await {
            assert!(tokio::time::Instant::now() < limit, "{selector}: {error}");
        }
    }

    /// Gives its window this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.unwrap();
    }

    /// Where on the page it ends.
    pub(crate) async fn bottom(&self, name: &str) -> f64 {
        let (_, top, _, height) = self.named(name).await.rectangle().await.unwrap();
        top + height
    }

    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.client.find_all(Locator::Css(selector)).await.unwrap().len()
    }

    /// Waits until the text of an element is as expected. It may be replaced meanwhile.
    pub(crate) async fn until_text(&self, selector: &str, expected: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let limit = tokio::time::Instant::now() + SOON;
        while tokio::time::Instant::now() < limit {
            if let Ok(element) = self.client.find(Locator::Css(selector)).await
                && let Ok(text) = element.text().await
            {
                if expected(&text) {
                    return;
                }
                last = text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{selector} says {last:?}");
    }

    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends its browser when it is asked to end.
        _ = Command::new("kill").arg(self.driver.id().to_string()).status();
        _ = self.driver.wait();
    }
}
