//! A login and TLS.

use super::*;
use base64::Engine as _;

fn login(text: &str) -> String {
    format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

#[test]
fn who_has_to_log_in_has_to_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    airlock_native::write_document(&path, b"pa:ss word\nmore\n").unwrap();
    let more = format!("[listener.basic]\nuser = \"ann\"\npassword_file = \"{}\"\n", path.display());
    with(&more, |tried| async move {
        for path in ["/", "/status", "/now", "/other", "/deploy/getFile/a/ab/x"] {
            let heard = tried.ask(TRUSTED, &format!("GET {path}"), &[]).await;
            assert_eq!(heard.status, 401, "{path}");
            assert!(heard.header("www-authenticate").unwrap().starts_with("Basic realm=\"Airlock\""));
        }
        let right = login("ann:pa:ss word");
        assert_eq!(tried.ask(STRANGER, "GET /status", &[&right]).await.status, 200);
        assert!(tried.ask(STRANGER, "GET /", &[&right]).await.body.contains("glpi.example"));
        for n in 0..10 {
            let wrong = [login("ann:pa:ss"), login("bob:pa:ss word"), "Authorization: Basic %%".into()];
            assert_eq!(tried.ask(STRANGER, "GET /status", &[&wrong[n % 3]]).await.status, 401);
        }
        assert_eq!(tried.ask(STRANGER, "GET /status", &[&right]).await.status, 429, "guessing ends");
        assert!(tried.fake.woken().is_empty());
    });
}

#[test]
fn what_would_be_less_strict_than_it_was_written_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty");
    airlock_native::write_document(&path, b"\n").unwrap();
    let path = path.display();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for more in [
        "token_file = \"/nonexistent/token\"\n".to_owned(),
        format!("token_file = \"{path}\"\n"),
        format!("[listener.basic]\nuser = \"a:b\"\npassword_file = \"{path}\"\n"),
        format!("[listener.basic]\nuser = \"a\"\npassword_file = \"{path}\"\n"),
        format!("[listener.tls]\ncertificate = \"{path}\"\n"),
        format!("[listener.inventory]\ntoken_file = \"{path}\"\n"),
        "[listener.proxy]\nonly_store = true\n".to_owned(),
        "[listener.proxy]\nurl_path = \"/now\"\n".to_owned(),
        "[listener.proxy]\nurl_path = \"proxy\"\n".to_owned(),
    ] {
        let started = runtime.block_on(start(&settings(&more), Fake::new() as _, &Memory::default()));
        let error = format!("{:#}", started.err().unwrap_or_else(|| panic!("{more}")));
        assert!(error.contains("[listener"), "{error}");
    }
}
