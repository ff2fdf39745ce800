//! The property list.

use super::{Application, PROGRAMS, local_date};
use crate::macos::plist::Plist;

/// The programs of a report, in its order. `offset` is how many seconds the machine's clocks are ahead of UTC.
pub fn from_plist(report: &Plist, offset: i32) -> Vec<Application> {
    let items = report.items("SPApplicationsDataType").iter().take(PROGRAMS);
    items
        .filter_map(|item| {
            let text = |name: &str| item.text(name).map(str::to_owned);
            let signers: Vec<&str> = item
                .list("signed_by")
                .iter()
                .filter_map(|name| if let Plist::Text(name) = name { Some(name.as_str()) } else { None })
                .collect();
            Some(Application {
                name: text("_name")?,
                version: text("version"),
                location: text("path"),
                info: text("info"),
                kind: item.text("arch_kind").or_else(|| item.text("runtime_environment")).and_then(kind),
                intel_64: item.text("has64BitIntelCode").map(|answer| answer == "yes"),
                signed_by: Some(signers.join(", ")).filter(|names| !names.is_empty()),
                obtained_from: text("obtained_from"),
                modified: item.text("lastModified").and_then(|utc| local_date(utc, offset)),
            })
        })
        .collect()
}

/// The text form's words for the keys of this one.
fn kind(key: &str) -> Option<String> {
    let words = match key {
        "arch_arm_i64" | "universal" | "arch_universal" => "Universal",
        "arch_i64" => "Intel (x86_64)",
        "arch_i32" => "Intel (i386)",
        "arch_i32_i64" | "arch_x86" => "Intel",
        "arch_arm" => "Arm",
        "arch_ppc" | "powerpc" => "PowerPC",
        "arch_other" => "Other",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_with_dates_of_the_machine() {
        let report = Plist::parse(
            "<plist><array><dict><key>_dataType</key><string>SPApplicationsDataType</string><key>_items</key><array>\
             <dict><key>_name</key><string>One</string><key>arch_kind</key><string>arch_arm</string>\
             <key>lastModified</key><date>2024-02-26T23:47:45Z</date><key>signed_by</key><array><string>A</string>\
             <string>B</string></array></dict><dict><key>version</key><string>no name</string></dict></array></dict>\
             </array></plist>",
        );
        let found = from_plist(&report.unwrap(), 3600);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].modified.as_deref(), Some("2024-02-27"));
        assert_eq!((found[0].kind.as_deref(), found[0].signed_by.as_deref()), (Some("Arm"), Some("A, B")));
    }
}
