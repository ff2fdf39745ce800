//! What is passed on for other agents is asked of the owner's policy, and counted, like the machine's own reports.

use airlock_tests::agent::{Agent, hq, until};
use airlock_tests::fakeglpi::{FakeGlpi, Play};
use airlock_tests::served::status;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

const REPORT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REQUEST><CONTENT><HARDWARE><NAME>pc-1</NAME></HARDWARE></CONTENT>\
                      <DEVICEID>pc-1-2026-01-01-00-00-00</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>";

/// A daemon in the foreground that ends with the test.
struct Foreground(Child);

impl Drop for Foreground {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An agent that passes messages on to `server`, and its port; it is not started.
fn passing(server: &FakeGlpi, policy: &str) -> (Agent, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listener = format!(
        "[tasks]\nwithout = [\"inventory\"]\n[listener]\nenabled = true\nport = {port}\ntrust = [\"127.0.0.1\"]\n[listener.proxy]\nrate = {{ most = 1000 }}\n"
    );
    let agent = Agent::new(&format!("{}{listener}", hq(server)));
    let origin = server.url("");
    agent.policy(&format!(
        "policy_version = 1\nid = \"t\"\nserial = 1\nlayer = \"local\"\n[server.hq]\norigin = \"{origin}\"\n{policy}"
    ));
    (agent, port)
}

fn daemon(agent: &Agent, port: u16) -> Foreground {
    let mut command = agent.command(&["daemon", "--no-fork"]);
    let daemon = Foreground(command.stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    assert!(until(|| TcpStream::connect(("127.0.0.1", port)).is_ok()), "the listener is there");
    daemon
}

fn ask(port: u16, what: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    write!(
        stream,
        "{what} /proxy/glpi HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}{length}Connection: close\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The answer to another agent's report, and the device's reports that the server has.
fn passed(policy: &str) -> (String, usize, Agent) {
    let server = FakeGlpi::http();
    let (agent, port) = passing(&server, policy);
    let _daemon = daemon(&agent, port);
    let answer = ask(port, "POST", "Content-Type: application/xml\r\n", REPORT);
    let of_pc = |text: &String| text.contains("pc-1-2026");
    let came = server.requests().iter().map(|request| request.text()).filter(of_pc).count();
    (answer, came, agent)
}

/// The sender of a message was told that it was taken: whatever happens to the daemon, its server gets it and its sender the
/// answer.
#[test]
fn what_was_taken_outlives_a_daemon_that_is_killed() {
    let server = FakeGlpi::http();
    let (agent, port) = passing(&server, &grant("proxy", ""));
    let headers = "GLPI-Agent-ID: 9b8f41e4-e675-11f1-affc-01a5918f0a55\r\nGLPI-Request-ID: 794B068E\r\n";
    let report = r#"{"action":"inventory","deviceid":"pc-1-2026","content":{"versionclient":"X_v1"}}"#;
    let came = || server.requests().iter().filter(|request| request.text().contains("pc-1-2026")).count();
    // Killed while the server thinks.
    let mut killed = daemon(&agent, port);
    server.at("/front/inventory.php", Play::Hang);
    let taken = ask(port, "POST", &format!("{headers}Content-Type: application/json\r\n"), report);
    assert_eq!(status(&taken), 202, "{taken}");
    assert!(until(|| came() == 1));
    killed.0.kill().unwrap();
    drop(killed);
    // Killed when it has the answer, and nobody came for it.
    server.at("/front/inventory.php", Play::Usual);
    let mut killed = daemon(&agent, port);
    assert!(until(|| agent.airlock.vardir().join("passing/794B068E.answer").exists()));
    killed.0.kill().unwrap();
    drop(killed);
    let _daemon = daemon(&agent, port);
    assert_eq!(status(&ask(port, "GET", &headers.replace("9b8f", "0000"), "")), 404, "it is somebody else's");
    let answer = ask(port, "GET", headers, "");
    assert!(status(&answer) == 200 && answer.contains("ok"), "{answer}");
    assert_eq!(status(&ask(port, "GET", headers, "")), 404, "once");
    assert_eq!(came(), 2, "once more after the first was cut short");
    let ids: Vec<_> = server.requests().into_iter().filter(|request| request.text().contains("pc-1-2026")).collect();
    assert!(ids.iter().all(|request| request.header("glpi-request-id") == Some("794B068E")));
}

fn grant(task: &str, more: &str) -> String {
    format!("[[grant]]\nserver = [\"hq\"]\ntask = [\"{task}\"]\nverb = \"report.send\"\n{more}\n")
}

#[test]
fn another_agents_report_is_passed_on_where_the_policy_lets_it() {
    let (answer, came, agent) = passed(&grant("proxy", ""));
    assert!(answer.starts_with("HTTP/1.1 200") && came == 1, "{came}: {answer}");
    let sent = agent.run(&["sent"]).stdout;
    assert!(sent.contains("INVENTORY of pc-1"), "it is in the ledger: {sent}");
}

#[test]
fn a_grant_for_this_machines_reports_is_none_for_those_of_others() {
    let (answer, came, agent) = passed(&grant("inventory", ""));
    assert!(!answer.starts_with("HTTP/1.1 200") && came == 0, "{came}: {answer}");
    let audit = agent.run(&["audit", "show", "--json"]).stdout;
    assert!(audit.contains("report kept back") && audit.contains("pc-1"), "{audit}");
}

#[test]
fn what_cannot_be_redacted_is_not_passed_on() {
    let redact = "[redact.office]\nunknown = \"keep\"\n[[redact.office.rule]]\npath = \"content.hardware.name\"\nop = \"drop\"\n";
    let policy = format!("{redact}{}", grant("*", "redact = \"office\""));
    let (answer, came, agent) = passed(&policy);
    assert!(!answer.starts_with("HTTP/1.1 200") && came == 0, "{came}: {answer}");
    let audit = agent.run(&["audit", "show", "--json"]).stdout;
    assert!(audit.contains("cannot be applied to what other agents say"), "{audit}");
}

#[test]
fn what_others_send_is_taken_from_what_may_be_sent_in_a_day() {
    let (answer, came, _) = passed(&grant("proxy", "max_bytes_per_day = 20"));
    assert!(!answer.starts_with("HTTP/1.1 200") && came == 0, "{came}: {answer}");
}
