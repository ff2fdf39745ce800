//! How long connections last.

use super::*;
use std::time::Instant;

#[test]
fn a_head_has_its_time_and_so_has_the_next_one() {
    with("", |tried| async move {
        let began = Instant::now();
        let half = tried.bytes(STRANGER, b"GET /status HTTP/1.1\r\nHost: lo");
        let kept = tried.bytes(STRANGER, b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let silent = tried.bytes(STRANGER, b"");
        let drip = async {
            let mut stream = tried.connect(STRANGER).await;
            for byte in b"GET /status HTTP/1.1\r\nHost: localhost\r\nX-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
        };
        let (half, kept, silent, ()) = tokio::join!(half, kept, silent, drip);
        assert!(!half.contains("200 OK") && !silent.contains("200 OK"));
        assert!(kept.contains("status: waiting"));
        assert!(began.elapsed() < Duration::from_secs(35), "{:?}", began.elapsed());
    });
}

#[test]
fn several_requests_have_one_connection_and_a_stopped_listener_has_none() {
    with("", |tried| async move {
        let one = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let last = "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let answers = tried.bytes(STRANGER, format!("{one}{one}{last}").as_bytes()).await;
        assert_eq!(answers.matches("status: waiting").count(), 3);
        let mut kept = tried.connect(STRANGER).await;
        let address = tried.listener.address();
        tried.listener.stop().await;
        let mut rest = Vec::new();
        let _ = kept.read_to_end(&mut rest).await;
        assert!(TcpSocket::new_v4().unwrap().connect(address).await.is_err(), "nobody is there");
    });
}
