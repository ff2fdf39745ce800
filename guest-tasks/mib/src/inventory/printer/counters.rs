//! Pages counted: of all printers (RFC 3805), and by kind of work where Kyocera's objects say so.

use crate::device::Device;
use crate::sections::Sections;
use crate::{Gone, value};

/// The first of a counter's names that says something counts.
const COUNTERS: &[(&str, &[&str])] = &[
    ("total", &["1.3.6.1.4.1.1347.43.10.1.1.12.1.1", "1.3.6.1.2.1.43.10.2.1.4.1.1"]),
    ("black", &["1.3.6.1.4.1.1347.42.2.2.1.1.3.1.1"]),
    ("color", &["1.3.6.1.4.1.1347.42.2.1.1.1.8.1.1"]),
    ("scanned", &["1.3.6.1.4.1.1347.46.10.1.1.5.3"]),
    ("printtotal", &["1.3.6.1.4.1.1347.42.3.1.1.1.1.1"]),
    ("printblack", &["1.3.6.1.4.1.1347.42.3.1.2.1.1.1.1"]),
    ("printcolor", &["1.3.6.1.4.1.1347.42.3.1.2.1.1.1.3"]),
    ("copytotal", &["1.3.6.1.4.1.1347.42.3.1.1.1.1.2"]),
    ("copyblack", &["1.3.6.1.4.1.1347.42.3.1.2.1.1.2.1"]),
    ("copycolor", &["1.3.6.1.4.1.1347.42.3.1.2.1.1.2.3"]),
    ("faxtotal", &["1.3.6.1.4.1.1347.42.3.1.1.1.1.4"]),
];

pub fn read(device: &Device, sections: &mut Sections) -> Result<(), Gone> {
    device.ask(COUNTERS.iter().flat_map(|(_, names)| names.iter().copied()))?;
    for (counter, names) in COUNTERS {
        for name in *names {
            if let Some(pages) = device.value(name)?.as_ref().and_then(value::count) {
                sections.counted(counter, Some(pages));
                break;
            }
        }
    }
    Ok(())
}
