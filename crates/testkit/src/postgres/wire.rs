//! Just enough of PostgreSQL's protocol 3.0 to run one statement.
//!
//! Starting `psql` takes about 40 ms, four times as long as creating the
//! database, and a client library would be built by everybody who builds a test.
//! See "Frontend/Backend Protocol" in the PostgreSQL manual.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Where a server is and who we are to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) user: String,
    pub(super) password: String,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database`, without escapes.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        let wrong = || {
            "is not of the form postgres://user:password@host:port/database, without escapes"
                .to_owned()
        };
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or_else(wrong)?;
        if rest.contains('%') {
            return Err(wrong());
        }
        let (rest, _options) = rest.split_once('?').unwrap_or((rest, ""));
        let (who, place) = rest.rsplit_once('@').ok_or_else(wrong)?;
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let (server, database) = place.split_once('/').ok_or_else(wrong)?;
        let (host, port) = server.rsplit_once(':').unwrap_or((server, "5432"));
        Ok(Self {
            user: user.to_owned(),
            password: password.to_owned(),
            host: host.to_owned(),
            port: port.parse().map_err(|_| wrong())?,
            database: database.to_owned(),
        })
    }

    /// The same server, another database.
    pub(super) fn url(&self, database: &str) -> String {
        let Self {
            user,
            password,
            host,
            port,
            ..
        } = self;
        format!("postgres://{user}:{password}@{host}:{port}/{database}?sslmode=disable")
    }
}

/// One connection, ready for a statement.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
}

impl Connection {
    /// Connects and signs in by trust or by password in clear, which is what a
    /// server on the loopback interface is set up for.
    pub(super) fn open(address: &Address) -> io::Result<Self> {
        let stream = TcpStream::connect((address.host.as_str(), address.port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        let mut connection = Self { stream };

        let mut hello = 196_608_i32.to_be_bytes().to_vec(); // protocol 3.0
        for word in ["user", &address.user, "database", &address.database, ""] {
            hello.extend_from_slice(word.as_bytes());
            hello.push(0);
        }
        connection.send(None, &hello)?;
        loop {
            match connection.receive()? {
                (b'R', body) => {
                    match body.first_chunk().map(|method| i32::from_be_bytes(*method)) {
                        Some(0) => {}
                        Some(3) => {
                            let mut password = address.password.clone().into_bytes();
                            password.push(0);
                            connection.send(Some(b'p'), &password)?;
                        }
                        other => {
                            return Err(io::Error::other(format!(
                                "the server asks for authentication method {other:?}; \
                             only trust and password are spoken here"
                            )));
                        }
                    }
                }
                (b'Z', _) => return Ok(connection),
                (b'E', body) => return Err(refusal(&body)),
                _ => {}
            }
        }
    }

    /// Runs one statement and forgets its rows.
    pub(super) fn run(&mut self, sql: &str) -> io::Result<()> {
        let mut text = sql.as_bytes().to_vec();
        text.push(0);
        self.send(Some(b'Q'), &text)?;
        let mut outcome = Ok(());
        loop {
            match self.receive()? {
                (b'E', body) => outcome = Err(refusal(&body)),
                (b'Z', _) => return outcome,
                _ => {}
            }
        }
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> io::Result<()> {
        let length = i32::try_from(body.len() + 4).map_err(io::Error::other)?;
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(body);
        self.stream.write_all(&message)
    }

    fn receive(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.stream.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let length = usize::try_from(i32::from_be_bytes(length))
            .ok()
            .and_then(|length| length.checked_sub(4))
            .ok_or_else(|| io::Error::other("this is not PostgreSQL answering"))?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((kind, body))
    }
}

/// The human-readable part ('M') of an error response.
fn refusal(body: &[u8]) -> io::Error {
    let message = body
        .split(|byte| *byte == 0)
        .find_map(|field| field.strip_prefix(b"M"))
        .unwrap_or(b"the server refused without a reason");
    io::Error::other(String::from_utf8_lossy(message).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        let address =
            Address::parse("postgres://ann:s3@127.0.0.1:5440/one?sslmode=disable").unwrap();
        assert_eq!(
            address.url("two"),
            "postgres://ann:s3@127.0.0.1:5440/two?sslmode=disable"
        );
        assert_eq!(Address::parse("postgres://ann@db/one").unwrap().port, 5432);
        for wrong in [
            "sqlite://x",
            "postgres://nobody",
            "postgres://a@b:port/c",
            "postgres://a%40@b/c",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_refusal_is_the_servers_own_words() {
        let body = b"SERROR\0C42P04\0Mdatabase \"x\" already exists\0\0";
        assert_eq!(refusal(body).to_string(), "database \"x\" already exists");
    }
}
