//! Programs against malware: a tool is only run where its folder says that it is installed.
//!
//! Most of them answer root alone; what one of them refuses to say is said to be missing, and the program is named by
//! what its files tell.

mod clamav;
mod products;

use crate::Scan;
use crate::linux::units::is_running;
use crate::output::antivirus::{Antivirus, bduitool, cytool, ds_agent, falconctl, kesl, mdatp, sentinelctl};

pub(super) fn collect(scan: &Scan<'_>) {
    for program in PROGRAMS {
        if !scan.roots().exists(program.folder) {
            continue;
        }
        let found = (program.ask)(scan).unwrap_or_else(|| {
            let running = program.service.and_then(|service| is_running(scan, service));
            Antivirus { enabled: running, ..Antivirus::of(program.company, program.name) }
        });
        scan.row(found.row());
    }
    clamav::collect(scan);
    products::collect(scan);
}

/// A program with a tool.
struct Program {
    folder: &'static str,
    company: &'static str,
    name: &'static str,
    service: Option<&'static str>,
    ask: fn(&Scan<'_>) -> Option<Antivirus>,
}

const PROGRAMS: &[Program] = &[
    Program {
        folder: "/opt/bitdefender-security-tools",
        company: "Bitdefender",
        name: "Bitdefender Endpoint Security Tools for Linux",
        service: Some("bdsec"),
        ask: |scan| bduitool::state(&scan.output("/opt/bitdefender-security-tools/bin/bduitool", &["get", "ps"])?),
    },
    Program {
        folder: "/opt/traps/bin",
        company: "Palo Alto Networks",
        name: "Cortex XDR",
        service: Some("traps_pmd"),
        ask: |scan| {
            let asked = [&["info"][..], &["info", "query"], &["runtime", "query"]];
            cytool::agent(&all(scan, "/opt/traps/bin/cytool", &asked))
        },
    },
    Program {
        folder: "/opt/CrowdStrike",
        company: "CrowdStrike",
        name: "CrowdStrike Falcon Sensor",
        service: Some("falcon-sensor"),
        ask: |scan| {
            let text = scan.output("/opt/CrowdStrike/falconctl", &["-g", "--version", "--rfm-state"])?;
            falconctl::sensor(&text, is_running(scan, "falcon-sensor"))
        },
    },
    Program {
        folder: "/opt/kaspersky/kesl",
        company: "Kaspersky",
        name: "Kaspersky Endpoint Security for Linux",
        service: Some("kesl"),
        ask: |scan| kesl::application(&scan.output("/opt/kaspersky/kesl/bin/kesl-control", &["--app-info"])?),
    },
    Program {
        folder: "/opt/microsoft/mdatp",
        company: "Microsoft",
        name: "Microsoft Defender",
        service: Some("mdatp"),
        ask: |scan| mdatp::health(&scan.output("mdatp", &["health", "--output", "json"])?, scan.machine),
    },
    Program {
        folder: "/opt/sentinelone/bin",
        company: "SentinelOne",
        name: "SentinelAgent",
        service: Some("sentinelone"),
        ask: |scan| {
            let asked = [&["version"][..], &["engines", "status"], &["control", "status"], &["management", "status"]];
            sentinelctl::agent(&all(scan, "/opt/sentinelone/bin/sentinelctl", &asked))
        },
    },
    Program {
        folder: "/opt/ds_agent",
        company: "Trend Micro",
        name: "Deep Security Agent",
        service: Some("ds_agent"),
        ask: |scan| {
            let asked = ["-c", "GetComponentInfo", "-r", "au", "AM*"];
            ds_agent::components(&scan.output("/opt/ds_agent/dsa_query", &asked)?)
        },
    },
];

/// What a tool answers to several questions, one after the other.
fn all(scan: &Scan<'_>, tool: &str, questions: &[&[&str]]) -> String {
    let mut text = String::new();
    for question in questions {
        let Some(answer) = scan.output(tool, question) else { break };
        text.push_str(&answer);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestMachine;

    #[test]
    fn a_tool_is_asked_where_its_folder_is() {
        let mut machine = TestMachine::new();
        assert_eq!(machine.collect(collect), (vec![], vec![]));
        machine.folder("opt/traps/bin");
        let tool = "/opt/traps/bin/cytool";
        machine.command(&[tool, "info"], "Cortex XDR (R) supervisor tool 9.1\n");
        machine.command(&[tool, "info", "query"], "Content Version: 1-2\n");
        machine.command(&[tool, "runtime", "query"], "Name  PID  User  Status\npmd  7  root  Running\n");
        let rows = machine.rows(collect);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].text("version"), rows[0].text("base_version")), (Some("9.1"), Some("1-2")));
    }

    #[test]
    fn one_that_does_not_answer_is_named_all_the_same() {
        let machine = TestMachine::new();
        machine.folder("opt/CrowdStrike");
        machine.folder("run/systemd/system");
        machine.folder("sys/fs/cgroup/system.slice/falcon-sensor.service");
        let (rows, _) = machine.collect(collect);
        assert_eq!(rows[0].text("name"), Some("CrowdStrike Falcon Sensor"));
        assert_eq!(rows[0].get("enabled"), Some(&true.into()));
    }
}
