//! A place for a memory module, and the module in it.

use super::maker::of_numbers;
use crate::smbios::MemoryDevice;
use crate::units::single_spaced;
use airlock_model::Row;

/// What is known of a place and its module. A chip for the firmware has its number, too, but is no memory of the machine's.
pub(crate) fn memory(number: i64, device: MemoryDevice) -> Row {
    if device.flash {
        return Row::new();
    }
    let mut row = Row::new().with("numslots", number);
    // Hyper-V's memory has no form, and is made by nobody else.
    let hyper_v = device.form_factor.is_none() && device.manufacturer.as_deref() == Some("Microsoft Corporation");
    row.maybe("caption", device.locator.as_deref().map(single_spaced))
        .maybe("description", device.form_factor.or(hyper_v.then_some("Hyper-V Memory".into())))
        .maybe("capacity", device.size)
        .maybe("speed", device.speed.map(|speed| speed.to_string()))
        .maybe("type", device.kind)
        .maybe("serialnumber", device.serial)
        .maybe("memorycorrection", device.correction)
        .maybe("manufacturer", device.manufacturer.map(decoded).and_then(maker))
        .maybe("model", device.part_number.map(decoded).and_then(model));
    row
}

/// Numbers of makers and leftovers of forms are no names.
fn maker(text: String) -> Option<String> {
    if let Some(name) = of_numbers(&text) {
        return Some(name.to_owned());
    }
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = text.starts_with("0x") || matches!(text.len(), 4 | 12 | 16) && hexadecimal(&text) && has_digit(&text);
    let form = ["Manufacturer", "Undefined", "None", " DIMM"].iter().any(|word| text.contains(word));
    (!number && !form).then_some(text)
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn model(text: String) -> Option<String> {
    if ["DIMM", "Part Num", "PartNum", "Ser Num", "SerNum"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let text = text.trim_end_matches(['-', ' ']);
    (!text.is_empty()).then(|| text.to_owned())
}

/// Some firmware writes the module's text as the hexadecimal digits of its characters. Shorter ones are left alone: they
/// may be numbers.
fn decoded(text: String) -> String {
    const SHORTEST: usize = 12;
    let digits = text.strip_prefix("0x").unwrap_or(&text).as_bytes();
    if digits.len() < SHORTEST || !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return text;
    }
    let mut characters = String::with_capacity(digits.len() / 2);
    for pair in digits.chunks_exact(2) {
        let byte = str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte {
            Some(0) => {}
            Some(byte @ 0x20..0x7f) => characters.push(char::from(byte)),
            _ => return text,
        }
    }
    let decoded = characters.trim();
    if decoded.is_empty() { text } else { decoded.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_makers_and_models() {
        let no_makers = ["0x80CE", "1234", "04AB", "Manufacturer00", "Undefined", "Some DIMM", "C100000000000000"];
        for no_maker in no_makers {
            assert_eq!(maker(no_maker.to_owned()), None, "{no_maker}");
        }
        assert_eq!(maker("Kingston".to_owned()).as_deref(), Some("Kingston"));
        assert_eq!(maker("ADDA".to_owned()).as_deref(), Some("ADDA"));
        assert_eq!(maker("80CE000080CE".to_owned()).as_deref(), Some("Samsung"));
        assert_eq!(model("CT16G4----".to_owned()).as_deref(), Some("CT16G4"));
        assert_eq!(model("Array1_PartNumber0".to_owned()), None);
        assert_eq!(decoded("80CE000080CE".to_owned()), "80CE000080CE");
        assert_eq!(decoded("0x483941384731".to_owned()), "H9A8G1");
    }

    #[test]
    fn memory_of_hyper_v() {
        let mut device = MemoryDevice { manufacturer: Some("Microsoft Corporation".to_owned()), ..Default::default() };
        assert_eq!(memory(1, device.clone()).text("description"), Some("Hyper-V Memory"));
        device.flash = true;
        assert!(memory(1, device).is_empty());
    }
}
