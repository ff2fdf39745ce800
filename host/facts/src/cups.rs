//! Printers of CUPS, the printing system of Linux, macOS and others: its own file of them, and one row a printer.
//!
//! Format: printers.conf(5): `<Printer NAME>` or `<DefaultPrinter NAME>`, lines `Keyword value`, `</Printer>`; `\` before
//! a `#`. Device URIs: RFC 3986, and the CUPS documentation on its backends for the options `serial` and `uuid`.

use airlock_model::Row;

/// More printers than any machine has; a print server has thousands.
const MOST: usize = 10_000;

/// A printer that can be printed on.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Printer {
    pub name: String,
    pub description: Option<String>,
    pub location: Option<String>,
    /// Make and model.
    pub driver: Option<String>,
    /// The URI of the device.
    pub uri: Option<String>,
    pub shared: Option<bool>,
    pub status: Option<String>,
    /// What is wrong with it.
    pub reasons: Vec<String>,
    pub resolution: Option<String>,
}

/// The printers of `/etc/cups/printers.conf`.
pub fn printers(text: &str) -> Vec<Printer> {
    let mut printers = Vec::new();
    let mut current: Option<Printer> = None;
    for line in text.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('<') {
            printers.extend(current.take());
            if printers.len() >= MOST {
                break;
            }
            let name = heading.strip_suffix('>').and_then(|heading| heading.split_once("Printer "));
            current = name.map(|(_, name)| Printer { name: name.trim().to_owned(), ..Printer::default() });
        } else if let (Some(printer), Some((keyword, value))) = (&mut current, line.split_once(' ')) {
            printer.keyword(keyword, value.trim());
        }
    }
    printers.extend(current);
    printers.retain(|printer| !printer.name.is_empty());
    printers
}

impl Printer {
    fn keyword(&mut self, keyword: &str, value: &str) {
        let text = || Some(value.replace("\\#", "#")).filter(|text| !text.is_empty());
        match keyword {
            "Info" => self.description = text(),
            "Location" => self.location = text(),
            "MakeModel" => self.driver = text(),
            "DeviceURI" => self.uri = text(),
            "Shared" => self.shared = Some(matches!(value, "Yes" | "yes" | "On" | "on" | "True" | "true")),
            "State" => self.status = text(),
            // Reports are news, such as a cover that was opened; what ends with them is no failure.
            "Reason" => self.reasons.extend(text().filter(|reason| reason != "none" && !reason.ends_with("-report"))),
            _ => {}
        }
    }

    /// The serial number that the device's URI tells.
    pub fn serial(&self) -> Option<String> {
        let (_, options) = self.uri.as_deref()?.split_once('?')?;
        let option = |name: &str| options.split('&').find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
        let serial = option("serial").or_else(|| option("uuid")).map(unescaped)?;
        (!serial.is_empty()).then_some(serial)
    }

    /// The printer's row.
    pub fn row(&self) -> Row {
        let uri = self.uri.as_deref();
        let mut row = Row::new().with("name", self.name.as_str());
        row.maybe("description", self.description.as_deref())
            .maybe("comment", self.location.as_deref())
            .maybe("driver", self.driver.as_deref())
            .maybe("port", uri.map(without_password))
            .maybe("serial", self.serial())
            .maybe("network", uri.and_then(is_network))
            .maybe("shared", self.shared)
            .maybe("status", self.status.as_deref())
            .set("errstatus", self.reasons.join(", "))
            .maybe("resolution", self.resolution.as_deref());
        row
    }
}

/// Whether a printer is reached through the network, where the URI's scheme says so.
fn is_network(uri: &str) -> Option<bool> {
    match uri.split_once(':')?.0 {
        "usb" | "parallel" | "serial" | "direct" | "scsi" => Some(false),
        "ipp" | "ipps" | "http" | "https" | "socket" | "lpd" | "smb" | "dnssd" | "snmp" | "bjnp" | "mdns" => Some(true),
        "hp" | "hpfax" => Some(uri.contains(":/net/")),
        _ => None,
    }
}

/// `smb://user:secret@server/queue` without the part before the server.
fn without_password(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    format!("{scheme}://{server}{path}")
}

/// `%20` as a space, and so on.
pub(crate) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let escaped = match rest {
            [b'%', high, low, ..] => {
                let digit = |d: &u8| char::from(*d).to_digit(16).and_then(|d| u8::try_from(d).ok());
                digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low)
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*byte));
        rest = if escaped.is_some() { rest.get(3..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printers_of_the_file() {
        let text = "# remark\nNextPrinterId 3\n<DefaultPrinter Office>\nInfo Maker L2 \\#4\nLocation Room 1\nMakeModel Maker L2 PS\n\
            DeviceURI usb://Maker/L2?serial=AB%2012&interface=1\nState Stopped\nReason media-empty\nReason offline-report\n\
            Shared No\nInfo\n</DefaultPrinter>\n<Printer Far>\nDeviceURI smb://me:pw@host/q@1\nReason none\nShared Yes\n</Printer>\n\
            <Policy default>\nInfo x\n</Policy>\n<Printer Cut>\nDeviceURI ipp://h/p?uuid=u-1";
        let rows: Vec<Row> = printers(text).iter().map(Printer::row).collect();
        let [office, far, cut] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((office.text("name"), office.text("description")), (Some("Office"), Some("Maker L2 #4")));
        assert_eq!((office.text("serial"), office.text("status")), (Some("AB 12"), Some("Stopped")));
        assert_eq!((office.text("errstatus"), office.text("comment")), (Some("media-empty"), Some("Room 1")));
        assert_eq!((office.text("driver"), office.get("network")), (Some("Maker L2 PS"), Some(&false.into())));
        assert_eq!((far.text("port"), far.get("shared")), (Some("smb://host/q@1"), Some(&true.into())));
        assert_eq!((far.get("network"), far.text("errstatus")), (Some(&true.into()), None));
        assert_eq!((cut.text("name"), cut.text("serial")), (Some("Cut"), Some("u-1")));
    }

    #[test]
    fn any_text_is_survived() {
        for text in ["", "<", "<Printer >\nInfo x\n", "</Printer>\nInfo x", "<Printer>\n", "<é>\né é"] {
            assert!(printers(text).is_empty(), "{text}");
        }
        assert_eq!(unescaped("a%2%zz%41%"), "a%2%zzA%");
        assert_eq!(without_password("x://a@b@c"), "x://c");
        assert_eq!(printers(&"<Printer a>\n</Printer>\n".repeat(MOST + 5)).len(), MOST);
    }
}
