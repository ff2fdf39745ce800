//! What a disk says when it is asked: for those whose words the kernel and udev do not have, or only cut short.
//!
//! smartctl asks without waking a disk that sleeps; hdparm's question does not wake one. A virtual machine's disks have
//! nothing more to say.

use crate::Scan;
use crate::output::{Disk, hdparm, smartctl};

/// More than either tool prints about one disk.
const OUTPUT: usize = 256 << 10;

/// Adds what a disk says to what is known of it; its own words replace those that are cut.
pub(super) fn complete(scan: &Scan<'_>, disk: &mut Disk, are_cut: bool) {
    let Some(own) = disk.name.as_deref().and_then(|name| ask(scan, name)) else { return };
    let add = |known: &mut Option<String>, word: Option<String>, replace: bool| {
        if replace && word.is_some() || known.is_none() {
            *known = word;
        }
    };
    add(&mut disk.model, own.model, are_cut);
    add(&mut disk.firmware, own.firmware, are_cut);
    add(&mut disk.serial, own.serial, false);
    add(&mut disk.maker, own.maker, false);
    add(&mut disk.interface, own.interface, false);
    add(&mut disk.wwn, own.wwn.map(|name| format!("wwn-{name}")), false);
}

/// What the disk of a name says, `sda`; none without a tool that could ask.
fn ask(scan: &Scan<'_>, name: &str) -> Option<Disk> {
    if !scan.machine.guest().is_physical() {
        return None;
    }
    let path = format!("/dev/{name}");
    if scan.has_tool("smartctl") {
        // Its status has a bit for every ill of the disk, too: what it printed counts.
        let output = match scan.run("smartctl", &["-n", "standby", "-i", &path], OUTPUT) {
            Ok(output) => output,
            Err(error) => {
                scan.missing(error);
                return None;
            }
        };
        let text = output.text();
        let disk = smartctl::disk(&text);
        if smartctl::is_asleep(&text) {
            scan.missing(format_args!("{path} sleeps and was not asked for what it is"));
        } else if disk.is_none() {
            scan.missing(format_args!("{path} does not tell smartctl what it is (status {})", output.code));
        }
        return disk;
    }
    if scan.has_tool("hdparm") {
        return hdparm::disk(&scan.output("hdparm", &["-I", &path])?);
    }
    None
}
