//! The inventory plugin, as its clients speak to it.

use super::*;
use crate::listener::secret::Secret;

fn plugin(more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    airlock_native::write_document(&path, b"s3cret\n").unwrap();
    let more = format!("[listener.inventory]\ntoken_file = \"{}\"\n{more}", path.display());
    (folder, more)
}

async fn payload(tried: &Tried, from: IpAddr, id: &str) -> String {
    let begun = tried.ask(from, "GET /inventory/session", &[&format!("X-Request-ID: {id}")]).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    assert!(!begun.body.is_empty());
    Secret::new("s3cret".into()).payload(begun.header("x-auth-nonce").unwrap())
}

async fn get(tried: &Tried, from: IpAddr, id: &str, payload: &str, accept: &str) -> Heard {
    let headers = [format!("X-Request-ID: {id}"), format!("X-Auth-Payload: {payload}"), format!("Accept: {accept}")];
    tried.ask(from, "GET /inventory/get", &headers.each_ref().map(String::as_str)).await
}

#[test]
fn who_knows_the_token_gets_the_inventory_once() {
    let (_folder, more) = plugin("");
    with(&more, |tried| async move {
        assert_eq!(tried.ask(STRANGER, "GET /inventory/apiversion", &[]).await.body, "1.1");
        assert_eq!(tried.ask(STRANGER, "GET /inventory/session", &[]).await.status, 403);
        let good = payload(&tried, STRANGER, "a").await;
        let got = get(&tried, STRANGER, "a", &good, "application/xml").await;
        assert_eq!((got.status, got.header("content-type")), (200, Some("application/xml")));
        assert!(got.body.contains("<QUERY>INVENTORY</QUERY>"));
        assert_eq!(get(&tried, STRANGER, "a", &good, "application/xml").await.status, 403, "once");
        let good = payload(&tried, STRANGER, "b").await;
        assert_eq!(get(&tried, STRANGER, "b", "wrong", "application/xml").await.status, 403);
        assert_eq!(get(&tried, STRANGER, "b", &good, "application/xml").await.status, 403, "one try");
        let good = payload(&tried, STRANGER, "c").await;
        assert_eq!(get(&tried, TRUSTED, "c", &good, "application/xml").await.status, 403, "another address");
        let packed = payload(&tried, STRANGER, "d").await;
        let accept = "application/xml, application/x-compress-gzip, application/x-compress-zlib";
        let packed = get(&tried, STRANGER, "d", &packed, accept).await;
        assert_eq!(packed.header("content-type"), Some("application/x-compress-zlib"));
    });
}

#[test]
fn what_is_not_granted_to_neighbours_is_refused_and_the_owner_told() {
    let (_folder, more) = plugin("");
    with(&more, |tried| async move {
        *tried.fake.kept_back.lock().unwrap() = Some("no grant".to_owned());
        let good = payload(&tried, STRANGER, "a").await;
        let got = get(&tried, STRANGER, "a", &good, "application/xml").await;
        assert!(got.status == 403 && got.body.contains("grants its neighbours no inventory"), "{got:?}");
        while tried.fake.refused.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let refused = tried.fake.refused.lock().unwrap()[0].clone();
        assert_eq!((refused.code.as_str(), refused.why.as_str()), ("NO_GRANT", "no grant"));
    });
}

#[test]
fn the_plugin_is_for_whom_its_owner_says_and_so_often() {
    let (_folder, more) = plugin("only_trusted = true\nrate = { most = 3, period = \"1h\" }\n");
    with(&more, |tried| async move {
        assert_eq!(tried.ask(STRANGER, "GET /inventory/session", &["X-Request-ID: a"]).await.status, 403);
        for _ in 0..3 {
            assert_eq!(tried.ask(TRUSTED, "GET /inventory/session", &["X-Request-ID: a"]).await.status, 200);
        }
        assert_eq!(tried.ask(TRUSTED, "GET /inventory/session", &["X-Request-ID: a"]).await.status, 429);
        assert_eq!(tried.ask(TRUSTED, "GET /status", &[]).await.status, 200);
    });
}
