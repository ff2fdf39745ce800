//! The first page.

use super::*;

#[test]
fn the_trusted_see_what_goes_on_and_strangers_do_not() {
    with("", |tried| async move {
        tried.fake.status.lock().unwrap().targets[0].last_error = Some("<script>alert(1)</script>".into());
        let shown = tried.ask(TRUSTED, "GET /", &[]).await;
        assert_eq!(shown.status, 200);
        for words in
            ["https://glpi.example/front/inventory.php", "1.2.3", "waiting", "drawn from 24 h", "&lt;script&gt;"]
        {
            assert!(shown.body.contains(words), "{words}");
        }
        assert!(!shown.body.contains("<script"));
        let policy = shown.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("script"), "{policy}");
        for stranger in [STRANGER, IpAddr::from([127, 0, 0, 1])] {
            let hidden = tried.ask(stranger, "GET /", &[]).await;
            assert_eq!(hidden.status, 200);
            assert!(hidden.body.contains("An inventory agent is here."));
            for words in ["glpi", "1.2.3", "hq", "20", "Airlock"] {
                let text = hidden.body.split("</style>").last().unwrap();
                assert!(!text.contains(words), "{words}: {text}");
            }
            assert!(hidden.header("server").is_none());
        }
    });
}
