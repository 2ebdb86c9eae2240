//! Which addresses may be reached. Judged on the resolved address at connection time, so that a name that changes its
//! address between check and use gains nothing.

use crate::NetError;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// Lets public addresses through, and the hosts that the office names.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Arc<Vec<String>>,
}

impl Guard {
    /// A guard that lets these hosts (`name` or `name:port`) through wherever they lead.
    pub fn new(allow_hosts: Vec<String>) -> Self {
        Self { allowed: Arc::new(allow_hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect()) }
    }

    /// Judges an address before it is opened; names are judged again when they are resolved.
    pub(crate) fn judge(&self, url: &url::Url) -> Result<(), NetError> {
        let host = url.host().filter(|_| matches!(url.scheme(), "http" | "https"));
        let Some(host) = host else { return Err(NetError::Address(url.to_string())) };
        let name = host.to_string().to_ascii_lowercase();
        let with_port = format!("{name}:{}", url.port_or_known_default().unwrap_or_default());
        if self.allowed.iter().any(|allowed| *allowed == name || *allowed == with_port) {
            return Ok(());
        }
        let address = match host {
            url::Host::Ipv4(address) => IpAddr::V4(address),
            url::Host::Ipv6(address) => IpAddr::V6(address),
            url::Host::Domain(_) => return Ok(()),
        };
        if is_public(address) { Ok(()) } else { Err(NetError::Internal { host: name, address: address.to_string() }) }
    }

    /// A host allowed only with a port is still resolved by its bare name.
    fn allows_name(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.allowed.iter().any(|allowed| allowed.split(':').next() == Some(name.as_str()))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let internal = found.iter().find(|address| !is_public(address.ip()));
            match internal {
                Some(address) if !guard.allows_name(&host) => {
                    let refused = NetError::Internal { host, address: address.ip().to_string() };
                    Err(Box::new(refused) as Box<dyn std::error::Error + Send + Sync>)
                }
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

/// True for addresses that belong to the public internet (IANA special-purpose registries, RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let protocol = first == 192 && second == 0 && third == 0;
    let measuring = first == 198 && (second == 18 || second == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || shared
        || protocol
        || measuring)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let first = address.segments()[0];
    // Only 2000::/3 is handed out as global unicast; documentation, 6to4 and Teredo inside it lead elsewhere.
    let global = first & 0xe000 == 0x2000;
    let tunnel = first == 0x2002 || (first == 0x2001 && address.segments()[1] < 0x0200);
    let documentation = first == 0x2001 && address.segments()[1] == 0x0db8;
    global && !tunnel && !documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_addresses_in_every_dress_are_refused() {
        let internal = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "64:ff9b::7f00:1",
        ];
        for address in internal {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
        for address in ["1.1.1.1", "93.184.215.14", "2606:4700::1111"] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn a_named_host_is_let_through_at_its_port_only() {
        let guard = Guard::new(vec!["127.0.0.1:8090".to_owned()]);
        let judge = |text: &str| guard.judge(&text.parse().expect("a url"));
        assert!(judge("http://127.0.0.1:8090/feed.xml").is_ok());
        // Other spellings of the same address are the same address to a url parser, and another port is another host.
        for refused in
            ["http://127.0.0.1:22/", "http://2130706433/", "http://0x7f.1/", "http://[::1]:8090/", "file:///etc/passwd"]
        {
            assert!(judge(refused).is_err(), "{refused}");
        }
    }
}
