//! A real agent (Net-SNMP's `snmpd`), asked in every version, by every way of signing and hiding, over both transports.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by them")]

use airlock_gate::CallError;
use airlock_gate::calls::{Peer, SnmpGet, SnmpOpen, SnmpWalk, Syntax, Transport, Walked};
use airlock_gate::ports::Snmp;
use airlock_native::snmp::{AuthProtocol, KeyExtension, MachineSnmp, PrivProtocol, Security, SnmpSecret, SnmpSettings};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PROGRAM: &str = "/usr/sbin/snmpd";
const SYS_NAME: &str = "1.3.6.1.2.1.1.5.0";
const AUTH: [(AuthProtocol, &str); 6] = [
    (AuthProtocol::Md5, "MD5"),
    (AuthProtocol::Sha1, "SHA"),
    (AuthProtocol::Sha224, "SHA-224"),
    (AuthProtocol::Sha256, "SHA-256"),
    (AuthProtocol::Sha384, "SHA-384"),
    (AuthProtocol::Sha512, "SHA-512"),
];
const PRIV: [(PrivProtocol, &str); 4] = [
    (PrivProtocol::Des, "DES"),
    (PrivProtocol::Aes128, "AES"),
    (PrivProtocol::Aes192, "AES-192"),
    (PrivProtocol::Aes256, "AES-256"),
];

struct Agent {
    child: Child,
    port: u16,
    secrets: Arc<BTreeMap<String, SnmpSecret>>,
    folder: tempfile::TempDir,
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn password(word: &str) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(word.to_owned())
}

fn v3(user: &str, security: Security) -> SnmpSecret {
    SnmpSecret::V3 { user: user.to_owned(), security }
}

fn hidden(auth: AuthProtocol, privacy: PrivProtocol, word: &str) -> Security {
    let (password, privacy_password) = (password(word), password("hide-me-well"));
    Security::AuthPriv { auth, password, privacy, privacy_password, extension: None }
}

/// None, aloud, where there is no such program.
fn agent() -> Option<Agent> {
    if !Path::new(PROGRAM).exists() {
        eprintln!("NOT TESTED: there is no {PROGRAM} here (Debian: apt-get install snmpd)");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut text = format!(
        "agentAddress udp:127.0.0.1:{port},tcp:127.0.0.1:{port},udp6:[::1]:{port}\nrocommunity public\nrocommunity6 public\nrocommunity public@7\n"
    );
    text += "sysName a-switch\nsysLocation cellar\nrouser nobody noauth\ncreateUser nobody\n";
    let mut secrets = BTreeMap::from([
        ("v1".to_owned(), SnmpSecret::v1("public")),
        ("v2c".to_owned(), SnmpSecret::v2c("public")),
        ("wrong".to_owned(), SnmpSecret::v2c("secret")),
        ("open".to_owned(), v3("nobody", Security::NoAuthNoPriv)),
    ]);
    for (auth, name) in AUTH {
        let user = format!("u-{name}");
        writeln!(text, "createUser {user} {name} \"sign-me-well\"\nrouser {user} auth").unwrap();
        secrets.insert(user.clone(), v3(&user, Security::AuthNoPriv { auth, password: password("sign-me-well") }));
        for (privacy, cipher) in PRIV {
            let user = format!("u-{name}-{cipher}");
            writeln!(text, "createUser {user} {name} \"sign-me-well\" {cipher} \"hide-me-well\"\nrouser {user} priv")
                .unwrap();
            secrets.insert(user.clone(), v3(&user, hidden(auth, privacy, "sign-me-well")));
        }
    }
    for (name, cipher) in [("AES-192-C", PrivProtocol::Aes192), ("AES-256-C", PrivProtocol::Aes256)] {
        let user = format!("u-MD5-{name}");
        writeln!(text, "createUser {user} MD5 \"sign-me-well\" {name} \"hide-me-well\"\nrouser {user} priv").unwrap();
        secrets.insert(user.clone(), v3(&user, hidden(AuthProtocol::Md5, cipher, "sign-me-well")));
    }
    let sha = |word| Security::AuthNoPriv { auth: AuthProtocol::Sha1, password: password(word) };
    secrets.insert("wrong-user".to_owned(), v3("u-none", sha("sign-me-well")));
    secrets.insert("wrong-word".to_owned(), v3("u-SHA", sha("sign-me-badly")));
    secrets.insert("too-low".to_owned(), v3("u-SHA-AES", sha("sign-me-well")));
    let mut badly = hidden(AuthProtocol::Sha1, PrivProtocol::Aes128, "sign-me-well");
    if let Security::AuthPriv { privacy_password, .. } = &mut badly {
        *privacy_password = password("hide-me-badly");
    }
    secrets.insert("wrong-cipher".to_owned(), v3("u-SHA-AES", badly));
    // The context of a VLAN: the same device, asked through itself.
    text += &format!(
        "view all included .1\nrouser u-SHA-AES priv -V all vlan-7\nproxy -Cn vlan-7 -v 2c -c public 127.0.0.1:{port} .1.3.6.1.2.1.1\n"
    );
    let file = folder.path().join("snmpd.conf");
    fs::write(&file, text).unwrap();
    let child = start(folder.path(), "kept");
    let agent = Agent { child, port, secrets: Arc::new(secrets), folder };
    Some(agent)
}

/// Starts it; what it keeps from one start to the next is in `kept`.
fn start(folder: &Path, kept: &str) -> Child {
    fs::create_dir(folder.join(kept)).unwrap();
    let log = fs::File::create(folder.join(format!("{kept}.log"))).unwrap();
    Command::new(PROGRAM)
        .args(["-f", "-Lo", "-C", "-I", "-smux", "-c"])
        .arg(folder.join("snmpd.conf"))
        .env("SNMP_PERSISTENT_DIR", folder.join(kept))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

impl Agent {
    fn peer(&self, credential: &str) -> Peer {
        let (address, transport) = (IpAddr::from(Ipv4Addr::LOCALHOST), Transport::Udp);
        Peer { address, port: self.port, transport, vlan: None, credential: credential.to_owned() }
    }

    fn snmp(&self) -> MachineSnmp {
        let settings = SnmpSettings { timeout: Duration::from_millis(700), retries: 0, ..SnmpSettings::default() };
        MachineSnmp::new(self.secrets.clone(), settings)
    }

    /// With what `snmpd` is known to answer: it has come up.
    async fn ready(&self) {
        let end = Instant::now() + Duration::from_secs(20);
        while open(&self.snmp(), self.peer("v2c")).await.is_err() {
            let log = || fs::read_to_string(self.folder.path().join("anew.log")).unwrap_or_default();
            assert!(Instant::now() < end, "snmpd does not come up: {}", log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn open(snmp: &MachineSnmp, peer: Peer) -> Result<(), CallError> {
    snmp.open(&SnmpOpen { peer }).await
}

async fn name(snmp: &MachineSnmp, peer: Peer) -> Result<Syntax, CallError> {
    let got = snmp.get(&SnmpGet { peer, oids: vec![SYS_NAME.to_owned()] }).await?;
    assert_eq!((got.binds.len(), got.cut), (1, None));
    Ok(got.binds[0].value.clone())
}

async fn walk(snmp: &MachineSnmp, peer: Peer, roots: &[&str], max: u32) -> Vec<Walked> {
    let roots = roots.iter().map(|root| (*root).to_owned()).collect();
    snmp.walk(&SnmpWalk { peer, roots, max }).await.unwrap()
}

fn names(table: &Walked) -> Vec<&str> {
    table.binds.iter().map(|bind| bind.oid.as_str()).collect()
}

#[tokio::test]
async fn every_version_level_and_algorithm_is_answered() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    let mut failed = Vec::new();
    for credential in agent.secrets.keys().filter(|name| !name.starts_with("wrong") && *name != "too-low") {
        let snmp = agent.snmp();
        let opened = open(&snmp, agent.peer(credential)).await;
        let name = name(&snmp, agent.peer(credential)).await;
        if opened != Ok(()) || name != Ok(Syntax::Octets(b"a-switch".to_vec())) {
            failed.push(format!("{credential}: {opened:?} {name:?}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

#[tokio::test]
async fn who_may_not_ask_is_told_why() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    for (credential, why) in [
        ("wrong-user", "usmStatsUnknownUserNames"),
        ("wrong-word", "usmStatsWrongDigests"),
        ("wrong-cipher", "says who it is"),
    ] {
        let error = open(&agent.snmp(), agent.peer(credential)).await.unwrap_err().to_string();
        assert!(error.contains(why), "{credential}: {error}");
    }
    assert_eq!(open(&agent.snmp(), agent.peer("wrong")).await, Err(CallError::Timeout));
    let error = open(&agent.snmp(), agent.peer("none")).await.unwrap_err().to_string();
    assert!(error.contains("no secret"), "{error}");
    // Answered, with an error: the user is who it says, and may see nothing on that level.
    let low = agent.snmp().get(&SnmpGet { peer: agent.peer("too-low"), oids: vec![SYS_NAME.to_owned()] }).await;
    let cut = low.unwrap().cut.unwrap();
    assert!(cut.contains("authorizationError"), "{cut}");
}

#[tokio::test]
async fn tables_are_the_same_in_every_version_and_over_every_transport() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    let roots = ["1.3.6.1.2.1.1", "1.3.6.1.2.1.1.9.1.2", "1.3.6.1.2.1.1.9.1.3", "1.3.6.1.2.1.99", "1.3.6.1.6.3.10"];
    let snmp = agent.snmp();
    let expected = walk(&snmp, agent.peer("v1"), &roots, 10_000).await;
    assert!(expected.iter().all(|table| table.cut.is_none()), "{expected:?}");
    assert!(expected[0].binds.len() > 20 && expected[3].binds.is_empty(), "{expected:?}");
    assert_eq!(expected[1].binds.len(), expected[2].binds.len());
    assert_eq!(expected[0].binds[4].value, Syntax::Octets(b"a-switch".to_vec()));
    let others = [
        agent.peer("v2c"),
        agent.peer("open"),
        agent.peer("u-SHA-512"),
        agent.peer("u-SHA-256-AES-256"),
        Peer { transport: Transport::Tcp, ..agent.peer("v2c") },
        Peer { transport: Transport::Tcp, ..agent.peer("u-SHA-AES") },
        Peer { address: Ipv6Addr::LOCALHOST.into(), ..agent.peer("v2c") },
        Peer { address: Ipv6Addr::LOCALHOST.into(), ..agent.peer("u-MD5-DES") },
        Peer { vlan: Some(7), ..agent.peer("v2c") },
    ];
    for peer in others {
        let found = walk(&snmp, peer.clone(), &roots, 10_000).await;
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((names(found), &found.cut), (names(expected), &None), "{peer:?}");
        }
    }
    let some = walk(&snmp, agent.peer("v2c"), &roots[..1], 5).await;
    assert_eq!(some[0].binds.len(), 5);
    assert!(some[0].cut.as_deref().unwrap().contains("no more than 5"), "{some:?}");
}

#[tokio::test]
async fn a_context_is_asked_for_where_the_device_has_it() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    let in_vlan = |vlan| Peer { vlan: Some(vlan), ..agent.peer("u-SHA-AES") };
    assert_eq!(open(&agent.snmp(), in_vlan(7)).await, Ok(()));
    let seen = walk(&agent.snmp(), in_vlan(7), &["1.3.6.1.2.1.1"], 99).await;
    assert!(names(&seen[0]).contains(&SYS_NAME), "{seen:?}");
    let error = open(&agent.snmp(), in_vlan(9)).await.unwrap_err().to_string();
    assert!(error.contains("the context"), "{error}");
    let peer = Peer { vlan: Some(9), ..agent.peer("v2c") };
    assert_eq!(open(&agent.snmp(), peer).await, Err(CallError::Timeout));
}

#[tokio::test]
async fn sixty_four_names_are_answered_in_their_order() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    let mut oids: Vec<String> = (1..=63).map(|n| format!("1.3.6.1.2.1.1.9.1.3.{n}")).collect();
    oids.push(SYS_NAME.to_owned());
    for credential in ["v1", "v2c", "u-SHA-AES"] {
        let got = agent.snmp().get(&SnmpGet { peer: agent.peer(credential), oids: oids.clone() }).await.unwrap();
        assert_eq!(got.cut, None);
        assert_eq!(names(&got), oids.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(matches!(got.binds[0].value, Syntax::Octets(_)));
        assert_eq!(got.binds[62].value, Syntax::NoSuchInstance);
        assert_eq!(got.binds[63].value, Syntax::Octets(b"a-switch".to_vec()));
    }
}

#[tokio::test]
async fn an_agent_that_was_started_again_is_known_again() {
    let Some(mut agent) = agent() else { return };
    agent.ready().await;
    let snmp = agent.snmp();
    assert!(name(&snmp, agent.peer("u-SHA-AES")).await.is_ok());
    agent.child.kill().unwrap();
    agent.child.wait().unwrap();
    // With another name and another clock: what it kept is not there.
    agent.child = start(agent.folder.path(), "anew");
    agent.ready().await;
    assert_eq!(name(&snmp, agent.peer("u-SHA-AES")).await, Ok(Syntax::Octets(b"a-switch".to_vec())));
}

#[tokio::test]
async fn a_way_to_make_keys_longer_is_kept_to_where_it_is_said() {
    let Some(agent) = agent() else { return };
    agent.ready().await;
    let secret = |extension| {
        let mut security = hidden(AuthProtocol::Md5, PrivProtocol::Aes256, "sign-me-well");
        if let Security::AuthPriv { extension: said, .. } = &mut security {
            *said = Some(extension);
        }
        v3("u-MD5-AES-256-C", security)
    };
    for (extension, works) in [(KeyExtension::Reeder, true), (KeyExtension::Blumenthal, false)] {
        let secrets = Arc::new(BTreeMap::from([("x".to_owned(), secret(extension))]));
        let snmp = MachineSnmp::new(secrets, SnmpSettings::default());
        assert_eq!(name(&snmp, agent.peer("x")).await.is_ok(), works, "{extension:?}");
    }
}
