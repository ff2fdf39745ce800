//! `glpi-wakeonlan`, `fusioninventory-wakeonlan`: `airlock wakeonlan`, which does send the packet.

use super::End;
use super::getopt::Line;
use crate::policies::Places;
use crate::wake::{addresses, by_hand, methods};

pub(super) fn run(line: &Line) -> Result<(), End> {
    let usage = |why: String| End::Words(2, why);
    let given = line.text("mac").ok_or_else(|| usage("expected --mac".to_owned()))?;
    let macs = addresses(&[padded(given)]).map_err(|error| usage(error.0))?;
    let ways = methods(line.text("methods").unwrap_or("ethernet,udp")).map_err(|error| usage(error.0))?;
    for machine in by_hand(&macs, ways, &Places::default())? {
        match machine.sent {
            Ok(sent) => eprintln!("{}", crate::terminal::error_text(&sent)),
            Err(why) => return Err(End::Words(1, why)),
        }
    }
    Ok(())
}

/// Those programs take bytes of one digit too.
fn padded(mac: &str) -> String {
    let short = |byte: &str| byte.len() == 1 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
    mac.split(':')
        .map(|byte| if short(byte) { format!("0{byte}") } else { byte.to_owned() })
        .collect::<Vec<_>>()
        .join(":")
}

#[cfg(test)]
mod tests {
    use super::padded;

    #[test]
    fn a_byte_may_have_one_digit() {
        assert_eq!(padded("0:1b:21:3:4D:5e"), "00:1b:21:03:4D:5e");
        assert_eq!(padded("001b213c4d5e"), "001b213c4d5e");
        assert_eq!(padded("x:1b"), "x:1b");
    }
}
