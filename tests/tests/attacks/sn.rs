//! Devices that answer as no honest device does, and neighbours that answer in their place.

mod forged;
mod identity;
mod tables;
mod text;

use airlock_gate::CallError;
use airlock_gate::calls::{Peer, SnmpGet, SnmpOpen, SnmpWalk, Syntax, Transport, Walked};
use airlock_gate::ports::Snmp;
use airlock_native::snmp::{AuthProtocol, MachineSnmp, PrivProtocol, Security, SnmpSecret, SnmpSettings};
use airlock_tests::snmp_device::{OCTETS, Objects, SnmpDevice, tlv};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// ifDescr.
const COLUMN: [u32; 10] = [1, 3, 6, 1, 2, 1, 2, 2, 1, 2];
const TEXT: &str = "1.3.6.1.2.1.2.2.1.2";
const SYS_NAME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 5, 0];
const TIMEOUT: Duration = Duration::from_millis(300);

fn text(text: &str) -> Vec<u8> {
    tlv(OCTETS, text.as_bytes())
}

fn rows(rows: u32) -> Objects {
    Objects::default().column(&COLUMN, rows, &text("eth")).with(&SYS_NAME, &text("a switch"))
}

fn settings() -> SnmpSettings {
    SnmpSettings { timeout: TIMEOUT, retries: 0, ..SnmpSettings::default() }
}

/// `core` is SNMPv3 with everything, `printers` a community.
fn snmp(settings: SnmpSettings) -> MachineSnmp {
    let word = || "some-password".to_owned().into();
    let (auth, privacy) = (AuthProtocol::Sha256, PrivProtocol::Aes128);
    let security = Security::AuthPriv { auth, password: word(), privacy, privacy_password: word(), extension: None };
    let core = SnmpSecret::V3 { user: "reader".to_owned(), security };
    let secrets = BTreeMap::from([("core".to_owned(), core), ("printers".to_owned(), SnmpSecret::v2c("public"))]);
    MachineSnmp::new(Arc::new(secrets), settings)
}

fn peer(device: &SnmpDevice, credential: &str) -> Peer {
    let (address, port) = (device.address.ip(), device.address.port());
    Peer { address, port, transport: Transport::Udp, vlan: None, credential: credential.to_owned() }
}

thread_local! {
    // One for a test: sockets live as long as it does.
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
}

fn wait<T>(what: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(what))
}

fn walk(snmp: &MachineSnmp, device: &SnmpDevice, max: u32) -> Result<Walked, CallError> {
    let call = SnmpWalk { peer: peer(device, "printers"), roots: vec![TEXT.to_owned()], max };
    wait(snmp.walk(&call)).map(|mut tables| tables.remove(0))
}

fn name(snmp: &MachineSnmp, device: &SnmpDevice) -> Result<Syntax, CallError> {
    let call = SnmpGet { peer: peer(device, "printers"), oids: vec!["1.3.6.1.2.1.1.5.0".to_owned()] };
    wait(snmp.get(&call)).map(|got| got.binds[0].value.clone())
}

fn open(snmp: &MachineSnmp, device: &SnmpDevice, credential: &str) -> Result<(), CallError> {
    wait(snmp.open(&SnmpOpen { peer: peer(device, credential) }))
}

fn switch() -> Result<Syntax, CallError> {
    Ok(Syntax::Octets(b"a switch".to_vec()))
}

#[test]
fn sn_10_a_slow_device_has_its_time_and_no_more() {
    let objects = rows(100_000);
    let device = SnmpDevice::start(move |asked| {
        std::thread::sleep(TIMEOUT * 3 / 4);
        vec![asked.answer(&objects.binds(asked, 1))]
    });
    let device_time = Duration::from_millis(1500);
    let snmp = snmp(SnmpSettings { device_time, ..settings() });
    let started = Instant::now();
    let table = walk(&snmp, &device, 100_000).unwrap();
    assert!(started.elapsed() < device_time + TIMEOUT * 2, "{:?}", started.elapsed());
    assert!(!table.binds.is_empty());
    let cut = table.cut.unwrap();
    assert!(cut.contains("longer than 1.5 s in all") || cut.contains("stopped answering"), "{cut}");
    // Its time is over, whatever else is asked of it: who asked it nevertheless would say what came of that.
    let error = name(&snmp, &device).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
}

#[test]
fn sn_10_others_do_not_wait_for_a_slow_one() {
    let slow = rows(1_000);
    let slow = SnmpDevice::start(move |asked| {
        std::thread::sleep(TIMEOUT * 3 / 4);
        vec![slow.honest(asked)]
    });
    let honest: Vec<SnmpDevice> =
        (0..20).map(|_| rows(50)).map(|rows| SnmpDevice::start(move |asked| vec![rows.honest(asked)])).collect();
    let snmp = snmp(settings());
    let started = Instant::now();
    wait(async {
        let call =
            |device: &SnmpDevice| SnmpWalk { peer: peer(device, "printers"), roots: vec![TEXT.to_owned()], max: 9_000 };
        let slow_call = call(&slow);
        let mut slow = std::pin::pin!(snmp.walk(&slow_call));
        let calls: Vec<SnmpWalk> = honest.iter().map(call).collect();
        let mut all: Vec<_> = calls.iter().map(|call| snmp.walk(call)).collect();
        let all = async {
            for walk in &mut all {
                assert_eq!(walk.await.unwrap()[0].binds.len(), 50);
            }
            started.elapsed()
        };
        tokio::select! {
            _ = &mut slow => panic!("the slow one was first"),
            // It takes 40 answers of three quarters of the timeout each.
            took = all => assert!(took < TIMEOUT * 25, "{took:?}"),
        }
    });
}

#[test]
fn sn_10_twin_a_device_that_takes_its_time_is_read_whole() {
    let objects = rows(200);
    let device = SnmpDevice::start(move |asked| {
        std::thread::sleep(TIMEOUT / 10);
        vec![objects.honest(asked)]
    });
    let table = walk(&snmp(settings()), &device, 1_000).unwrap();
    assert_eq!((table.binds.len(), table.cut), (200, None));
}
