//! `chancery ready`: asks the program that runs whether it is ready, for those who can only run a
//! command.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{Fault, Settings};

const PATIENCE: Duration = Duration::from_secs(4);

/// Ends with success when it is.
pub(crate) async fn ready(config: &Path) -> Result<ExitCode, Fault> {
    let settings = Settings::read(config)?;
    let server = &settings.server;
    let private = server.tls.is_some() || server.acme.is_some();
    let address = match settings.metrics {
        Some(listen) => listen,
        None if private => {
            return Err(Fault::Said(
                "set metrics.listen: this asks on the operator's own listener where the other one speaks TLS".to_owned(),
            ));
        }
        None => server.listen,
    };
    let answer = match tokio::time::timeout(PATIENCE, ask(here(address))).await {
        Ok(answer) => answer.map_err(Fault::machine(format!("asking {address}")))?,
        Err(_) => return Err(Fault::Said(format!("{address} does not answer in time"))),
    };
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    println!("{body}");
    Ok(if head.starts_with("HTTP/1.1 200 ") {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Who listens everywhere listens here.
fn here(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    const LONGEST: u64 = 64 * 1024;
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer).await?;
    Ok(answer)
}
