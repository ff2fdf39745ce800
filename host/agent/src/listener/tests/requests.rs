//! What is served, and what is refused.

use super::*;

#[test]
fn the_status_is_one_word_after_another() {
    with("", |tried| async move {
        let heard = tried.ask(STRANGER, "GET /status", &[]).await;
        assert_eq!((heard.status, heard.body.as_str()), (200, "status: waiting"));
        assert!(heard.header("content-type").unwrap().starts_with("text/plain"));
        tried.fake.status.lock().unwrap().doing = Doing::Running("Inventory".into());
        assert_eq!(tried.ask(STRANGER, "GET /status", &[]).await.body, "status: running task Inventory");
    });
}

#[test]
fn other_paths_and_methods_are_400() {
    with("", |tried| async move {
        for what in [
            "GET /other",
            "POST /status",
            "GET /status/",
            "GET /nowhere",
            "HEAD /",
            "PUT /",
            "DELETE /now",
            "GET //status",
            "GET /%73tatus",
            "OPTIONS /",
            "GET /proxy/glpi",
            "GET /inventory/session",
            "TRACE /",
            "GET /deploy/getFile",
        ] {
            assert_eq!(tried.ask(TRUSTED, what, &[]).await.status, 400, "{what}");
        }
        assert!(tried.fake.woken().is_empty());
    });
}

#[test]
fn shared_parts_are_nobodys_and_all_answers_are_the_same() {
    with("", |tried| async move {
        let sha = "ab".repeat(64);
        let plain = tried.ask(STRANGER, &format!("GET /deploy/getFile/a/ab/{sha}"), &[]).await;
        assert_eq!(plain.status, 404);
        for path in [
            "a/ab/../../../../etc/passwd",
            "a/ab/%2e%2e/%2e%2e/etc/passwd",
            "a/ab/abababa",
            "",
            "a",
            "a/ab/",
            "/etc/passwd",
            "a/ab/abababab%00",
        ] {
            let mut heard = tried.ask(STRANGER, &format!("GET /deploy/getFile/{path}"), &[]).await;
            let date = |heard: &Heard| heard.head.lines().filter(|line| !line.starts_with("date")).collect::<String>();
            assert_eq!(date(&heard), date(&plain), "{path}");
            heard.head.clone_from(&plain.head);
            assert_eq!(heard, plain, "{path}");
        }
    });
}

#[test]
fn names_that_are_not_its_own_are_refused() {
    with("hosts = [\"agent.example\"]\n", |tried| async move {
        let port = tried.listener.address().port();
        for host in ["evil.test", "evil.test:62354", "127.0.0.2", "localhost.evil.test", ""] {
            for path in ["/status", "/now", "/"] {
                let heard = tried.ask(TRUSTED, &format!("GET {path}"), &[&format!("Host: {host}")]).await;
                assert_eq!(heard.status, 421, "{host} {path}");
            }
        }
        let two = tried.ask(TRUSTED, "GET /now", &["Host: localhost", "Host: evil.test"]).await;
        assert_eq!(two.status, 400);
        let none = tried.bytes(TRUSTED, b"GET /now HTTP/1.1\r\nConnection: close\r\n\r\n").await;
        assert!(none.starts_with("HTTP/1.1 400"), "{none}");
        assert!(tried.fake.woken().is_empty());
        for host in [format!("localhost:{port}"), "agent.example".into(), format!("127.0.0.1:{port}")] {
            assert_eq!(tried.ask(STRANGER, "GET /status", &[&format!("Host: {host}")]).await.status, 200, "{host}");
        }
        let old = tried.bytes(STRANGER, b"GET /status HTTP/1.0\r\n\r\n").await;
        assert!(old.ends_with("status: waiting"), "{old}");
    });
}

#[test]
fn what_has_two_readings_is_refused() {
    with("", |tried| async move {
        let host = format!("Host: {}", tried.listener.address());
        let hidden = "0\r\n\r\nGET /now HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let length = format!("Content-Length: {}", hidden.len());
        for headers in [
            format!("{length}\r\nTransfer-Encoding: chunked"),
            format!("Transfer-Encoding: chunked\r\n{length}"),
            "Transfer-Encoding: chunked".to_owned(),
            "Transfer-Encoding: xchunked".to_owned(),
            "Transfer-Encoding: identity".to_owned(),
            "Content-Length: 3\r\nContent-Length: 4".to_owned(),
            "Content-Length: +3".to_owned(),
            "Content-Length: 3, 3".to_owned(),
            "Content-Length: 99999999999999999999999".to_owned(),
            "Transfer-Encoding : chunked".to_owned(),
            " Folded: x".to_owned(),
            "Upgrade: h2c".to_owned(),
        ] {
            for method in ["GET /status", "POST /now"] {
                let request = format!("{method} HTTP/1.1\r\n{host}\r\n{headers}\r\n\r\n{hidden}");
                let answer = tried.bytes(TRUSTED, request.as_bytes()).await;
                assert_eq!(
                    answer.matches("HTTP/1.1 4").count() + answer.matches("HTTP/1.1 2").count(),
                    1,
                    "one answer, then nothing: {headers}: {answer}"
                );
                assert!(answer.starts_with("HTTP/1.1 4"), "{headers}: {answer}");
            }
        }
        assert!(tried.fake.woken().is_empty());
    });
}

#[test]
fn what_is_no_http_is_refused() {
    with("", |tried| async move {
        for bytes in [
            "GET /now\r\n\r\n",
            "GET /now HTTP/0.9\r\n\r\n",
            "GET /now HTTP/2.0\r\n\r\n",
            "\u{0}\u{1}",
            "GET http://evil.test/now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ] {
            let mut stream = tried.connect(TRUSTED).await;
            stream.write_all(bytes.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{bytes:?}: {answer}");
        }
        assert!(tried.fake.woken().is_empty());
    });
}

#[test]
fn what_is_large_is_refused_early() {
    with("", |tried| async move {
        let long = "x".repeat(20_000);
        assert_eq!(tried.ask(TRUSTED, "GET /status", &[&format!("X-Long: {long}")]).await.status, 431);
        let many: Vec<String> = (0..100).map(|n| format!("X-{n}: 1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(tried.ask(TRUSTED, "GET /status", &many).await.status, 431);
        let head =
            format!("POST /now HTTP/1.1\r\nHost: {}\r\nContent-Length: 1073741824\r\n\r\n", tried.listener.address());
        let answer = tried.bytes(TRUSTED, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("connection: close"), "{answer}");
        assert!(tried.fake.woken().is_empty());
        assert_eq!(tried.ask(TRUSTED, "GET /status", &[]).await.status, 200);
    });
}
