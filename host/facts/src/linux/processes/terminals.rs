//! Names of the terminals that processes belong to.

use crate::Scan;

/// Names of terminal devices: those of everyday by their numbers, others by the kernel's list of drivers, which is read
/// only if there is one.
#[derive(Default)]
pub(super) struct Terminals {
    drivers: Option<Vec<Driver>>,
}

struct Driver {
    prefix: String,
    major: u32,
    first: u32,
    last: u32,
}

impl Terminals {
    pub(super) fn name(&mut self, scan: &Scan<'_>, number: u32) -> String {
        let (major, minor) = ((number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xf_ff00));
        match (major, minor) {
            (0, _) => return "?".to_owned(),
            (136..=143, _) => return format!("pts/{}", (major - 136) * 256 + minor),
            (4, 0..=63) => return format!("tty{minor}"),
            (5, 1) => return "console".to_owned(),
            _ => {}
        }
        let drivers = self.drivers.get_or_insert_with(|| drivers(&scan.text("/proc/tty/drivers").unwrap_or_default()));
        let driver = drivers.iter().find(|d| d.major == major && (d.first..=d.last).contains(&minor));
        driver.map_or("?".to_owned(), |d| {
            // A driver of a single device has no numbers in its names.
            if d.first == d.last && d.major == 5 {
                d.prefix.clone()
            } else {
                format!("{}{}", d.prefix, minor - d.first)
            }
        })
    }
}

/// `serial /dev/ttyS 4 64-95 serial`
fn drivers(text: &str) -> Vec<Driver> {
    let driver = |line: &str| {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let prefix = fields.next()?.strip_prefix("/dev/")?.to_owned();
        let major = fields.next()?.parse().ok()?;
        let range = fields.next()?;
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(Driver { prefix, major, first: first.parse().ok()?, last: last.parse().ok()? })
    };
    text.lines().filter_map(driver).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn terminals_have_names() {
        let machine = TestMachine::of(&[(
            "proc/tty/drivers",
            "/dev/tty             /dev/tty        5       0 system:/dev/tty\nserial               /dev/ttyS       4 64-95 serial\n\
             hvc                  /dev/hvc      229 0-7 system\nbroken /dev/x y z\n",
        )]);
        let mut terminals = Terminals::default();
        let number = |major: u32, minor: u32| (minor & 0xff) | (major << 8) | ((minor & 0xf_ff00) << 12);
        let cases = [
            (136, 3, "pts/3"),
            (136, 300, "pts/300"),
            (137, 1, "pts/257"),
            (4, 1, "tty1"),
            (4, 65, "ttyS1"),
            (229, 0, "hvc0"),
            (5, 1, "console"),
            (5, 0, "tty"),
            (9, 9, "?"),
            (0, 0, "?"),
        ];
        machine.collect(|scan| {
            for (major, minor, name) in cases {
                assert_eq!(terminals.name(scan, number(major, minor)), name);
            }
        });
    }
}
