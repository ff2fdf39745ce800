//! The tables of neighbours that tools print: `arp -a` as Unix and as Windows have it, `ip neighbor`.

/// More neighbours than any table holds.
const MOST: usize = 100_000;

/// Somebody on the same wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    pub ip: String,
    /// In lower case with colons.
    pub mac: String,
    /// `arp -a` asks for names; `?` is none.
    pub name: Option<String>,
}

/// The neighbours whose hardware address is known, in the order of the table.
pub fn neighbours(text: &str) -> Vec<Neighbour> {
    text.lines().filter_map(neighbour).take(MOST).collect()
}

fn neighbour(line: &str) -> Option<Neighbour> {
    let words: Vec<&str> = line.split_ascii_whitespace().take(12).collect();
    let (ip, mac, name) = match words.as_slice() {
        // `gate.example (10.0.0.1) at 00:1b:… [ether] on eth0`
        [name, ip, "at", mac, ..] => (ip.strip_prefix('(')?.strip_suffix(')')?, mac, Some(*name)),
        // `10.0.0.1 dev eth0 lladdr 00:1b:… REACHABLE`
        [ip, "dev", rest @ ..] => {
            let mac = rest.iter().skip_while(|word| **word != "lladdr").nth(1)?;
            (*ip, mac, None)
        }
        // `10.0.0.1   00-1b-…   dynamic`
        [ip, mac, _kind, ..] if mac.contains('-') => (*ip, mac, None),
        _ => return None,
    };
    ip.parse::<std::net::IpAddr>().ok()?;
    let name = name.filter(|name| *name != "?").map(str::to_owned);
    Some(Neighbour { ip: ip.to_owned(), mac: hardware_address(mac)?, name })
}

/// Six bytes in hex, each of one or two digits.
fn hardware_address(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    let is_byte = |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_mac = parts.len() == 6 && parts.iter().all(is_byte);
    is_mac.then(|| parts.iter().map(|part| format!("{:0>2}", part.to_ascii_lowercase())).collect::<Vec<_>>().join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_table() {
        let text = "gate.example (10.0.0.1) at 00:00:5e:00:53:01 [ether] on eth0\n\
                    ? (10.0.0.2) at 0:0:5E:0:53:2 on en0 ifscope [ethernet]\n\
                    ? (10.0.0.3) at <incomplete> on eth0\n\
                    10.0.0.4 dev eth0 lladdr 00:00:5e:00:53:04 STALE\n\
                    fd00::4 dev eth0 lladdr 00:00:5e:00:53:04 router REACHABLE\n\
                    10.0.0.5 dev eth0  FAILED\n\
                    Interface: 10.0.0.9 --- 0xb\n\
                    \x20 Internet Address      Physical Address      Type\n\
                    \x20 10.0.0.6              00-00-5E-00-53-06     dynamic\n\
                    \x20 ff.example            00-00-5e-00-53-07     static\n\
                    no entry found\n";
        let found: Vec<String> = neighbours(text)
            .into_iter()
            .map(|n| format!("{} {} {}", n.ip, n.mac, n.name.as_deref().unwrap_or("-")))
            .collect();
        let expected = [
            "10.0.0.1 00:00:5e:00:53:01 gate.example",
            "10.0.0.2 00:00:5e:00:53:02 -",
            "10.0.0.4 00:00:5e:00:53:04 -",
            "fd00::4 00:00:5e:00:53:04 -",
            "10.0.0.6 00:00:5e:00:53:06 -",
        ];
        assert_eq!(found, expected);
    }
}
