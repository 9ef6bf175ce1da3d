//! Whose request it is when a proxy brings it.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
pub(crate) use ipnet::IpNet as Network;

/// Whether an address is one of these networks'.
pub(super) fn among(address: IpAddr, networks: &[Network]) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The client's address: the right-most hop of `X-Forwarded-For` that is not a proxy of ours.
/// Everything left of it is only claimed. Without our proxies it is the peer itself.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let hops = lines.iter().flat_map(|line| line.split(',')).rev();
    for hop in hops {
        if !among(client, proxies) {
            break;
        }
        let Some(address) = address(hop.trim()) else {
            break;
        };
        client = address.to_canonical();
    }
    client
}

/// An address, perhaps with a port.
fn address(hop: &str) -> Option<IpAddr> {
    hop.parse()
        .ok()
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn only_our_proxies_are_believed() {
        let proxies: Vec<Network> = ["10.0.0.0/8", "fd00::/8"]
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        for (peer, forwarded, client_is) in [
            // No proxy of ours: what it says is worth nothing.
            ("198.51.100.7", &["203.0.113.1"][..], "198.51.100.7"),
            ("198.51.100.7", &[], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.1"], "203.0.113.1"),
            ("::ffff:10.0.0.1", &["203.0.113.1"], "203.0.113.1"),
            // What the client itself wrote stands to the left.
            ("10.0.0.1", &["192.0.2.66, 203.0.113.1"], "203.0.113.1"),
            ("10.0.0.1", &["192.0.2.66", "203.0.113.1"], "203.0.113.1"),
            // Two proxies of ours.
            (
                "10.0.0.1",
                &["192.0.2.66, 203.0.113.1, 10.2.0.1"],
                "203.0.113.1",
            ),
            ("fd00::1", &["[2001:db8::5]:4711"], "2001:db8::5"),
            ("10.0.0.1", &["203.0.113.1:4711"], "203.0.113.1"),
            ("10.0.0.1", &["203.0.113.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &["10.3.0.1"], "10.3.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(
                client(peer.parse().unwrap(), &headers, &proxies).to_string(),
                client_is,
                "{peer} {forwarded:?}"
            );
        }
    }
}
