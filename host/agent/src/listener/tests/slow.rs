//! Slow clients, and many of them.

use super::*;
use std::time::Instant;

#[test]
fn a_thousand_slow_clients_hold_nobody_up() {
    with("", |tried| async move {
        let mut slow = Vec::new();
        for n in 0..1000_u32 {
            let [.., c, d] = n.to_be_bytes();
            // Of one address, and of many.
            let from = if n % 2 == 0 { STRANGER } else { IpAddr::from([127, 1, c, d]) };
            let mut stream = tried.connect(from).await;
            stream.write_all(b"GET /status HTTP/1.1\r\nHost: lo").await.unwrap();
            slow.push(stream);
        }
        for from in [STRANGER, TRUSTED, IpAddr::from([127, 1, 0, 1])] {
            let began = Instant::now();
            assert_eq!(tried.ask(from, "GET /status", &[]).await.body, "status: waiting");
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        }
        let mut last = slow.pop().unwrap();
        last.write_all(b"calhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        last.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("status: waiting"), "slow is no crime");
    });
}

#[test]
fn a_flood_of_connections_of_one_address_gives_way() {
    with("", |tried| async move {
        let mut flood = Vec::new();
        for _ in 0..3000 {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(STRANGER, 0)).unwrap();
            flood.push(socket.connect(tried.listener.address()).await);
            if flood.len() > 500 {
                // This test may not have that many files open itself.
                flood.remove(0).unwrap();
            }
        }
        assert_eq!(tried.ask(TRUSTED, "GET /status", &[]).await.status, 200);
        assert_eq!(tried.ask(STRANGER, "GET /status", &[]).await.status, 200);
    });
}
