//! Which logical processors share a socket, by the kernel's topology (Documentation/ABI/stable/sysfs-devices-system-cpu).

use crate::Roots;

/// A socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// The number of its first logical processor.
    pub(super) first: usize,
    pub(super) cores: u64,
    pub(super) threads_per_core: u64,
}

/// More processors than any kernel is built for.
const MOST: usize = 8192;

/// The sockets of as many processors as are given; none where the kernel does not say. Two files a socket are read.
pub(super) fn packages(roots: &Roots, processors: usize) -> Vec<Package> {
    let list = |cpu: usize, name: &str| {
        let text = roots.text(format!("/sys/devices/system/cpu/cpu{cpu}/topology/{name}")).ok()?;
        Some(numbers(&text)).filter(|list| list.contains(&cpu))
    };
    let mut seen = vec![false; processors.min(MOST)];
    let mut packages = Vec::new();
    while let Some(first) = seen.iter().position(|seen| !seen) {
        let Some(members) = list(first, "package_cpus_list").or_else(|| list(first, "core_siblings_list")) else {
            return Vec::new();
        };
        for member in &members {
            if let Some(seen) = seen.get_mut(*member) {
                *seen = true;
            }
        }
        let count = |list: &[usize]| u64::try_from(list.len()).unwrap_or(1).max(1);
        let threads = list(first, "thread_siblings_list").map_or(1, |threads| count(&threads));
        packages.push(Package { first, cores: (count(&members) / threads).max(1), threads_per_core: threads });
    }
    packages
}

/// `0-3,8` is 0, 1, 2, 3 and 8.
fn numbers(list: &str) -> Vec<usize> {
    let mut numbers = Vec::new();
    for part in list.trim().split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) else { continue };
        numbers.extend((from..=to.min(MOST)).take(MOST.saturating_sub(numbers.len())));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn lists_of_processors() {
        assert_eq!(numbers("0-3,8\n"), [0, 1, 2, 3, 8]);
        assert!(numbers("x,-,5-2,").is_empty());
        assert!(numbers("0-18446744073709551615,0-18446744073709551615").len() <= MOST);
    }

    #[test]
    fn without_topology_there_is_no_answer() {
        assert_eq!(packages(TestMachine::new().roots(), 4), []);
    }
}
