//! Linux-VServer: the running guests of `vserver-stat`, and the files of one guest's configuration (`/etc/vservers/NAME`).

use super::virtual_machine::{MOST, Status, VirtualMachine};

/// The names in `vserver-stat`: `CTX PROC VSZ RSS userTIME sysTIME UPTIME NAME`. Context 0 is the host.
pub fn running(text: &str) -> Vec<String> {
    let rows = text.lines().skip_while(|line| !line.starts_with("CTX")).skip(1);
    let name = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.get(7)?;
        (*words.first()? != "0").then(|| (*name).to_owned())
    };
    rows.filter_map(name).take(MOST).collect()
}

/// A guest by its name and host name, which `uts/nodename` holds.
pub fn guest(name: &str, host_name: Option<&str>, running: bool) -> VirtualMachine {
    let mut machine = VirtualMachine::new("vserver");
    machine.subsystem = Some("util-vserver".to_owned());
    machine.name = Some(name.to_owned());
    machine.comment = host_name.map(str::trim).filter(|host| !host.is_empty() && *host != name).map(str::to_owned);
    machine.status = Some(if running { Status::Running } else { Status::Off });
    machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests() {
        let text = "CTX   PROC    VSZ    RSS  userTIME   sysTIME    UPTIME NAME\n0 64 1G 10M 0m1s 0m1s 5d root server\n40001 12 90M 8M 0m0s 0m0s 2d web\nshort\n";
        assert_eq!(running(text), ["web"]);
        assert_eq!(running("no such tool"), Vec::<String>::new());
        let machine = guest("web", Some("web.example\n"), true);
        assert_eq!((machine.comment.as_deref(), machine.status), (Some("web.example"), Some(Status::Running)));
    }
}
