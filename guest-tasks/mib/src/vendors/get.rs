//! Where a fact is kept.

use crate::device::Device;
use crate::identify::Identity;
use crate::{Gone, value};

pub(crate) type Said = Result<Option<String>, Gone>;

/// Where a module finds a fact.
#[derive(Clone, Copy)]
pub(crate) enum Get {
    Nothing,
    /// The same for all its devices.
    Fixed(&'static str),
    /// The first of some objects that has a text.
    Text(&'static [&'static str]),
    /// The first that has a serial number.
    Serial(&'static [&'static str]),
    Mac(&'static [&'static str]),
    Address(&'static [&'static str]),
    /// The first text of a column.
    Column(&'static str),
    /// A function that knows.
    By(fn(&Device, &Identity) -> Said),
}

impl Get {
    /// The names that can be asked for beforehand.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let names: &'static [&'static str] = match self {
            Get::Text(names) | Get::Serial(names) | Get::Mac(names) | Get::Address(names) => names,
            Get::Nothing | Get::Fixed(_) | Get::Column(_) | Get::By(_) => &[],
        };
        names.iter().copied()
    }

    pub(crate) fn from(self, device: &Device, identity: &Identity) -> Said {
        let read = match self {
            Get::Nothing => return Ok(None),
            Get::Fixed(text) => return Ok(Some(text.to_owned())),
            Get::Column(root) => return Ok(device.first_text(root)?.map(|text| value::collapsed(&text))),
            Get::By(function) => return function(device, identity),
            Get::Text(_) => |found: &crate::Syntax| value::text(found).map(|text| value::collapsed(&text)),
            Get::Serial(_) => value::serial,
            Get::Mac(_) => value::mac,
            Get::Address(_) => value::address,
        };
        for name in self.names() {
            if let Some(said) = device.value(name)?.as_ref().and_then(read) {
                return Ok(Some(said));
            }
        }
        Ok(None)
    }
}
