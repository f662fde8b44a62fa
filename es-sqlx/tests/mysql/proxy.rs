//! A server in front of the server: it tells what it was asked, and can hang up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What a client can ask of MariaDB and MySQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Query,
    Prepare,
    Execute,
    Ping,
    Other,
}

pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    commands: Mutex<Vec<Command>>,
    /// The answer to the next command is kept back, and the connection is closed.
    hangs_up: AtomicBool,
}

impl Proxy {
    /// Before the server that an address names.
    pub(crate) async fn new(server: &str) -> Self {
        let authority = server.split("://").nth(1).unwrap().split(['/', '?']).next().unwrap();
        let host = authority.rsplit('@').next().unwrap();
        let target = if host.contains(':') { host.to_owned() } else { format!("{host}:3306") };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let proxy = Proxy { port, state: Arc::clone(&state) };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&target).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let hung_up = Arc::new(AtomicBool::new(false));
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(forward(
                    from_client,
                    to_server,
                    Arc::clone(&state),
                    Arc::clone(&hung_up),
                ));
                tokio::spawn(answer(from_server, to_client, hung_up));
            }
        });
        proxy
    }

    /// The address of the proxy, with the user and the database of the server's address.
    pub(crate) fn url(&self, server: &str) -> String {
        let (scheme, rest) = server.split_once("://").unwrap();
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let user =
            rest[..end].rsplit_once('@').map_or(String::new(), |(user, _)| format!("{user}@"));
        format!("{scheme}://{user}127.0.0.1:{}{}", self.port, &rest[end..])
    }

    /// What was asked since the last call, but for pings: those belong to the pool, and nobody waits for them.
    pub(crate) fn asked(&self) -> Vec<Command> {
        let mut commands = std::mem::take(&mut *self.state.commands.lock().unwrap());
        commands.retain(|command| *command != Command::Ping);
        commands
    }

    /// The server gets the next thing that it is asked, and its answer gets lost with the connection.
    pub(crate) fn hang_up(&self) {
        self.state.hangs_up.store(true, Ordering::SeqCst);
    }

    pub(crate) fn has_hung_up(&self) -> bool {
        !self.state.hangs_up.load(Ordering::SeqCst)
    }
}

/// Passes packets to the server, and looks at the first byte of each command.
async fn forward(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    state: Arc<State>,
    hung_up: Arc<AtomicBool>,
) {
    let mut header = [0; 4];
    while client.read_exact(&mut header).await.is_ok() {
        let [a, b, c, sequence] = header;
        let mut packet = vec![0; usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16];
        if client.read_exact(&mut packet).await.is_err() {
            break;
        }
        if sequence == 0 {
            let command = match packet.first() {
                Some(0x03) => Command::Query,
                Some(0x0e) => Command::Ping,
                Some(0x16) => Command::Prepare,
                Some(0x17) => Command::Execute,
                _ => Command::Other,
            };
            state.commands.lock().unwrap().push(command);
            let asks = matches!(command, Command::Query | Command::Execute);
            if asks && state.hangs_up.swap(false, Ordering::SeqCst) {
                hung_up.store(true, Ordering::SeqCst);
            }
        }
        if server.write_all(&[&header[..], &packet].concat()).await.is_err() {
            break;
        }
    }
    let _ = server.shutdown().await;
}

async fn answer(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, hung_up: Arc<AtomicBool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = server.read(&mut buffer).await {
        // The server has answered: what it was asked is done.
        if hung_up.load(Ordering::SeqCst) || client.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = client.shutdown().await;
}
