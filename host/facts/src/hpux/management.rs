//! The address of the management processor, from `CIMUtil -e root/cimv2 HP_ManagementProcessor` or the page `getMPInfo.cgi`
//! of the System Management Homepage: both name it in a line, by itself or in a URL.

use std::net::IpAddr;

pub fn address(text: &str) -> Option<IpAddr> {
    text.lines().take(1024).find_map(|line| {
        let (name, value) = line.split_once([':', '='])?;
        match name.trim() {
            "IPAddress" => value.trim().parse().ok(),
            name if name == "URL" || name.ends_with(".RIBLink") => host(value),
            _ => None,
        }
    })
}

/// The host of a URL when it is an address.
fn host(url: &str) -> Option<IpAddr> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '"', ';', ' ']).next()?;
    let bare = host.strip_prefix('[').and_then(|host| host.split(']').next()).unwrap_or(host);
    bare.parse().ok().or_else(|| bare.rsplit_once(':')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sources_name_it() {
        let wanted = "192.0.2.7".parse::<IpAddr>().ok();
        assert_eq!(address("Instance 0 :\n\nIPAddress :  192.0.2.7\n"), wanted);
        assert_eq!(address("IPAddress : none\nURL :  https://192.0.2.7\n"), wanted);
        assert_eq!(address("a.b.RIBName = \"iLO\";\na.b.RIBLink = \"https://192.0.2.7:443/\";\n"), wanted);
        assert_eq!(address("URL : https://[2001:db8::1]:443/").map(|ip| ip.is_ipv6()), Some(true));
        assert_eq!(address("URL : https://alpha/\nRIBLink\n"), None);
    }
}
