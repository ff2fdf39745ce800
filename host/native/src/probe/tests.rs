use super::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

/// For what is no wait at all: a machine that has much else to do is told apart from one that waits.
const LONG: Duration = Duration::from_secs(30);

fn call(address: &str, method: ProbeMethod) -> ProbeReach {
    ProbeReach { address: address.parse().unwrap(), method, alive: false }
}

/// A resolver that knows one name; on a port of its own.
fn resolver(name: &'static str) -> std::net::SocketAddr {
    let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut packet = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            let mut reply = packet[..length].to_vec();
            // Somebody else's answer first, which is passed over.
            (reply[2], reply[3], reply[0]) = (0x81, 0x80, !reply[0]);
            socket.send_to(&reply, from).unwrap();
            reply[0] = !reply[0];
            reply[7] = 1;
            reply.extend_from_slice(&[0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0]);
            let labels: Vec<u8> = name
                .split('.')
                .flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat())
                .collect();
            reply.push(u8::try_from(labels.len() + 1).unwrap());
            reply.extend_from_slice(&labels);
            reply.push(0);
            socket.send_to(&reply, from).unwrap();
        }
    });
    address
}

#[tokio::test]
async fn loopback_echoes_where_the_kernel_lets_us_ask() {
    let probe = MachineProbe::default();
    let lacking = probe.lacking().await.unwrap();
    let has = |method| lacking.iter().all(|lacking| lacking.method != method);
    for address in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        if std::net::UdpSocket::bind((address, 0)).is_err() {
            eprintln!("LEFT OUT: this machine has no {address}");
            continue;
        }
        let found = probe.reach(&call(&address.to_string(), ProbeMethod::Echo)).await;
        match has(ProbeMethod::Echo) {
            true => assert!(found.unwrap().answers_echo, "{address}"),
            false => {
                eprintln!("LEFT OUT: no rights for ICMP here: {lacking:?}");
                assert!(matches!(found, Err(CallError::Failed(why)) if why.contains("ping_group_range")));
            }
        }
    }
    let found = probe.reach(&call("127.0.0.1", ProbeMethod::Timestamp)).await;
    match has(ProbeMethod::Timestamp) {
        true => assert!(found.unwrap().answers_timestamp),
        false => assert!(matches!(found, Err(CallError::Failed(why)) if why.contains("CAP_NET_RAW"))),
    }
    assert!(!probe.reach(&call("::1", ProbeMethod::Timestamp)).await.unwrap().is_there());
}

#[tokio::test]
async fn a_closed_port_is_no_wait() {
    let start = Instant::now();
    let found = MachineProbe::new(LONG).reach(&call("127.0.0.1", ProbeMethod::Netbios)).await.unwrap();
    assert_eq!(found, Neighbour::default());
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[tokio::test]
async fn loopback_is_no_neighbour_and_gets_no_packet() {
    let start = Instant::now();
    let probe = MachineProbe::new(LONG);
    if let Some(lacking) = probe.lacking().await.unwrap().iter().find(|lacking| lacking.method == ProbeMethod::Arp) {
        eprintln!("LEFT OUT: {lacking:?}");
        return;
    }
    for address in ["127.0.0.1", "::1"] {
        assert_eq!(probe.reach(&call(address, ProbeMethod::Arp)).await, Ok(Neighbour::default()), "{address}");
    }
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_resolver_says_the_name_and_a_dead_one_holds_nobody_up() {
    let silent = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let start = Instant::now();
    let resolvers = vec![silent.local_addr().unwrap(), resolver("sw7.example")];
    let probe = MachineProbe::default().with_resolvers(resolvers);
    let found = probe.reach(&call("192.0.2.7", ProbeMethod::Dns)).await.unwrap();
    assert_eq!(found.dns_name.as_deref(), Some("sw7.example"));
    assert!(start.elapsed() < PROBE_TIMEOUT, "{:?}", start.elapsed());
    let nobody = MachineProbe::new(Duration::from_millis(50)).with_resolvers(vec![silent.local_addr().unwrap()]);
    assert_eq!(nobody.reach(&call("192.0.2.7", ProbeMethod::Dns)).await, Ok(Neighbour::default()));
    let none = MachineProbe::default().with_resolvers(vec![]);
    assert!(none.lacking().await.unwrap().iter().any(|lacking| lacking.method == ProbeMethod::Dns));
}

/// Hundreds of addresses are asked at the same time, each in five ways.
#[test]
fn waiting_takes_little_memory() {
    let (probe, runtime) = (MachineProbe::default(), tokio::runtime::Builder::new_current_thread().build().unwrap());
    let _inside = runtime.enter();
    for method in ProbeMethod::ALL.iter().copied() {
        let call = ProbeReach { address: [192, 0, 2, 1].into(), method, alive: false };
        let size = size_of_val(&*probe.reach(&call));
        assert!(size < 4096, "{method:?}: {size} bytes");
    }
}
