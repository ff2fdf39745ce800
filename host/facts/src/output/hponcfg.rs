//! hponcfg(8): the settings of a management controller of HP's, in their remote configuration language (RIBCL).
//!
//! It looks like XML, a setting an element: `<IP_ADDRESS VALUE = "192.0.2.7"/>`. A controller that does not give its
//! settings is said to be there all the same.

use crate::units::subnet4;
use airlock_model::Row;
use std::net::Ipv4Addr;

/// The controller's row of the section `networks`; none when there is no controller.
pub fn interface(text: &str) -> Option<Row> {
    if !text.contains("iLO") && !text.contains("<RIBCL") {
        return None;
    }
    let address = |name: &str| setting(text, name)?.parse::<Ipv4Addr>().ok().filter(|ip| !ip.is_unspecified());
    let (ip, mask) = (address("IP_ADDRESS"), address("SUBNET_MASK"));
    let enabled = setting(text, "ENABLE_NIC").is_some_and(|value| value.starts_with(['Y', 'y']));
    let speed = setting(text, "NIC_SPEED").filter(|speed| speed.bytes().all(|digit| digit.is_ascii_digit()));
    let mut row = Row::new();
    row.set("description", "Management Interface - HP iLO")
        .set("type", "ethernet")
        .set("management", true)
        .set("status", if enabled { "up" } else { "down" })
        .maybe("speed", speed)
        .maybe("ipaddress", ip.map(|ip| ip.to_string()))
        .maybe("ipmask", mask.map(|mask| mask.to_string()))
        .maybe("ipsubnet", ip.zip(mask).map(|(ip, mask)| subnet4(ip, mask).to_string()))
        .maybe("ipgateway", address("GATEWAY_IP_ADDRESS").map(|ip| ip.to_string()));
    Some(row)
}

/// What is between the quotation marks of an element's only attribute.
fn setting<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split('<').find_map(|element| {
        let attribute = element.strip_prefix(name)?.split('>').next()?;
        let (before, value) = attribute.split_once('"')?;
        let is_value = before.trim_end_matches('=').trim_end_matches([' ', '=']).trim().eq_ignore_ascii_case("VALUE");
        value.split('"').next().map(str::trim).filter(|value| is_value && !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<!-- HPONCFG -->\n<RIBCL VERSION=\"2.1\">\n <RIB_INFO MODE=\"write\">\n <MOD_NETWORK_SETTINGS>\n\
                        <ENABLE_NIC VALUE=\"Y\"/>\n<NIC_SPEED VALUE = \"100\"/>\n<IP_ADDRESS VALUE = \"192.0.2.7\"/>\n\
                        <SUBNET_MASK VALUE=\"255.255.255.0\"/>\n<GATEWAY_IP_ADDRESS VALUE = \"192.0.2.1\"/>\n";

    #[test]
    fn the_controllers_settings() {
        let row = interface(TEXT).unwrap();
        let texts = ["status", "speed", "ipaddress", "ipmask", "ipsubnet", "ipgateway"];
        assert_eq!(
            texts.map(|field| row.text(field).unwrap()),
            ["up", "100", "192.0.2.7", "255.255.255.0", "192.0.2.0", "192.0.2.1"]
        );
    }

    #[test]
    fn a_controller_that_says_nothing_and_none() {
        let row = interface("Device type = iLO 9\nERROR: no answer").unwrap();
        assert_eq!((row.text("status"), row.text("ipaddress"), row.text("speed")), (Some("down"), None, None));
        assert_eq!(interface("no driver"), None);
        for damaged in ["<RIBCL <IP_ADDRESS", "<RIBCL><IP_ADDRESS VALUE=\"", "<RIBCL><IP_ADDRESSES VALUE=\"192.0.2.7\""]
        {
            assert_eq!(interface(damaged).unwrap().text("ipaddress"), None, "{damaged}");
        }
    }
}
