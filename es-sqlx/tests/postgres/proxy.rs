//! A proxy before PostgreSQL that counts requests, and cuts connections where a test wants it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Where the next request's connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It doesn't.
    Nowhere,
    /// The server never sees the request.
    BeforeRequest,
    /// The server has done what it was asked for, and nobody hears of it.
    BeforeResponse,
    /// The server has done what it was asked for, and nothing more comes; the connection stays open.
    Silence,
}

pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    requests: AtomicUsize,
    cuts: Mutex<Vec<Cut>>,
}

impl Proxy {
    /// Before the server that `ES_TEST_POSTGRES_URL` names.
    pub(crate) async fn new() -> Self {
        let server: PgConnectOptions =
            std::env::var("ES_TEST_POSTGRES_URL").expect("a server").parse().expect("an address");
        let server = (server.get_host().to_owned(), server.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy =
            Proxy { address: listener.local_addr().expect("an address"), state: Arc::default() };
        let state = Arc::clone(&proxy.state);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.expect("a client");
                let (server, state) = (server.clone(), Arc::clone(&state));
                tokio::spawn(async move {
                    let server = TcpStream::connect(server).await.expect("the server runs");
                    let passing = Passing { client, server, state, frame: Frame::Startup };
                    // A connection that somebody closed is at its end.
                    let _ = passing.run().await;
                });
            }
        });
        proxy
    }

    /// The address of the server behind it.
    pub(crate) fn url(&self) -> String {
        let url = std::env::var("ES_TEST_POSTGRES_URL").expect("a server");
        let (scheme, rest) = url.split_once("://").expect("an address");
        let (place, database) = rest.split_once('/').expect("an address with a database");
        let user = place.rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        let separator = if database.contains('?') { '&' } else { '?' };
        format!("{scheme}://{user}{}/{database}{separator}sslmode=disable", self.address)
    }

    /// Cuts the connections of the next requests, one each.
    pub(crate) fn cut(&self, cuts: impl IntoIterator<Item = Cut>) {
        self.state.cuts.lock().expect("no panic").extend(cuts);
    }

    /// How many cuts are left.
    pub(crate) fn cuts_left(&self) -> usize {
        self.state.cuts.lock().expect("no panic").len()
    }

    pub(crate) fn forget_cuts(&self) {
        self.state.cuts.lock().expect("no panic").clear();
    }

    /// How often the server was asked for something and had to answer.
    pub(crate) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }
}

/// A connection through the proxy.
struct Passing {
    client: TcpStream,
    server: TcpStream,
    state: Arc<State>,
    frame: Frame,
}

/// Where in the client's messages the next byte lies.
enum Frame {
    /// The first message, which has no type.
    Startup,
    /// In a message's head: what there is of it.
    Head(Vec<u8>),
    /// In a message's body: how many bytes are left.
    Body(usize),
}

impl Passing {
    async fn run(mut self) -> std::io::Result<()> {
        let (mut request, mut response) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        loop {
            tokio::select! {
                count = self.client.read(&mut request) => {
                    let bytes = &request[..count?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    let cut = self.requests(bytes);
                    if cut != Some(Cut::BeforeRequest) {
                        self.server.write_all(bytes).await?;
                    }
                    if matches!(cut, Some(Cut::BeforeResponse | Cut::Silence)) {
                        self.server.read_exact(&mut response[..1]).await?;
                    }
                    match cut {
                        Some(Cut::Silence) => std::future::pending().await,
                        Some(Cut::BeforeRequest | Cut::BeforeResponse) => return Ok(()),
                        Some(Cut::Nowhere) | None => {}
                    }
                }
                count = self.server.read(&mut response) => {
                    let bytes = &response[..count?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    self.client.write_all(bytes).await?;
                }
            }
        }
    }

    /// Counts the requests that end in these bytes, and says where to cut.
    fn requests(&mut self, mut bytes: &[u8]) -> Option<Cut> {
        let mut requests = 0;
        while let Some((&byte, rest)) = bytes.split_first() {
            match &mut self.frame {
                Frame::Startup => {
                    let length = u32::from_be_bytes(bytes[..4].try_into().expect("a length"));
                    bytes = &bytes[length as usize..];
                    self.frame = Frame::Head(Vec::new());
                }
                Frame::Head(head) => {
                    head.push(byte);
                    bytes = rest;
                    if let &[kind, a, b, c, d] = &head[..] {
                        // Sync, or a simple query: what the server answers with "ready".
                        requests += usize::from(kind == b'S' || kind == b'Q');
                        self.frame = match u32::from_be_bytes([a, b, c, d]) as usize - 4 {
                            0 => Frame::Head(Vec::new()),
                            length => Frame::Body(length),
                        };
                    }
                }
                Frame::Body(left) => {
                    let skipped = bytes.len().min(*left);
                    bytes = &bytes[skipped..];
                    *left -= skipped;
                    if *left == 0 {
                        self.frame = Frame::Head(Vec::new());
                    }
                }
            }
        }
        self.state.requests.fetch_add(requests, Ordering::SeqCst);
        let mut cuts = self.state.cuts.lock().expect("no panic");
        (requests > 0 && !cuts.is_empty()).then(|| cuts.remove(0))
    }
}
