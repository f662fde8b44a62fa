use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What the service answers soon at the latest.
const SOON: Duration = Duration::from_secs(30);

/// A client of a running service.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    address: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn of(address: &str) -> Self {
        let http = reqwest::Client::builder().timeout(SOON).build().unwrap();
        Client { http, address: address.to_owned() }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(&body)).await.unwrap()
    }

    pub(crate) async fn post_with_key(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        Answer::to(request.json(&body)).await.unwrap()
    }

    /// The id of a new customer.
    pub(crate) async fn customer(&self, credit_limit: u64) -> String {
        let new = json!({ "name": "Ada", "credit_limit": credit_limit });
        self.post("/customers", new).await.created()
    }

    /// The id of a new order.
    pub(crate) async fn order(&self, customer: &str, total: u64) -> String {
        let new = json!({ "customer_id": customer, "total": total });
        self.post("/orders", new).await.created()
    }

    /// The order, as soon as it is in this state.
    pub(crate) async fn order_in(&self, state: &str, id: &str) -> Value {
        self.until(&format!("/orders/{id}"), |order| order["state"] == state).await
    }

    /// What is at a path, as soon as it is as expected.
    pub(crate) async fn until(&self, path: &str, expected: impl Fn(&Value) -> bool) -> Value {
        let limit = Instant::now() + SOON;
        loop {
            let Answer { body, .. } = self.get(path).await;
            if expected(&body) {
                return body;
            }
            assert!(Instant::now() < limit, "{path} stays {body}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Answer {
    pub(crate) async fn to(request: reqwest::RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Answer { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(HeaderValue::to_str).and_then(Result::ok).unwrap_or_default()
    }

    /// The id of what was created.
    pub(crate) fn created(&self) -> String {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.body);
        self.body["id"].as_str().unwrap().to_owned()
    }

    /// Checks that it is a problem with this status, and returns the detail.
    pub(crate) fn problem(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert!(self.body["title"].is_string(), "{}", self.body);
        self.body["detail"].as_str().unwrap()
    }
}
