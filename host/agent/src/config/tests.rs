use super::*;

const WHOLE: &str = r#"
tag = "paris"

[[server]]
name = "hq"
url = "https://glpi.example/front/inventory.php"
[server.transport]
ca = "/etc/airlock/ca.pem"
timeout = "2m"

[[server]]
url = "http://10.0.0.1:8080/"

[[local]]
path = "/var/lib/inventories"
format = "xml"

[tasks]
without = ["Deploy"]

[schedule]
delay = 600

[listener]
enabled = true
trust = ["10.0.0.0/8"]
[listener.proxy]
hops = 2
"#;

#[test]
fn a_file_is_read_and_the_rest_has_its_defaults() {
    let settings = parse("airlock.toml", WHOLE).unwrap();
    assert_eq!(settings.tag.as_deref(), Some("paris"));
    let names: Vec<&str> = settings.servers.iter().map(|server| server.name.as_str()).collect();
    assert_eq!(names, ["hq", "10-0-0-1-8080"]);
    let transport = settings.servers.first().unwrap().transport.clone().unwrap();
    assert_eq!((transport.timeout, transport.no_check), (Period::seconds(120), false));
    assert_eq!(settings.locals.first().unwrap().format, LocalFormat::Xml);
    assert_eq!(settings.tasks.without, ["deploy"]);
    assert_eq!(settings.schedule.delay, Period::seconds(600));
    assert_eq!(settings.inventory, InventorySettings::default());
    let listener = settings.listener;
    assert_eq!((listener.enabled, listener.port, listener.address.is_loopback()), (true, 62354, true));
    assert_eq!(listener.proxy.unwrap().hops, 2);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, said) in [
        ("tagg = \"x\"", "tagg"),
        ("[schedule]\ndelay = \"soon\"", "no length of time"),
        ("[[server]]\nurl = \"glpi.example\"", "https://"),
        ("[[server]]\nurl = \"https://u:p@glpi.example/\"", "login"),
        ("[[server]]\nname = \"../x\"\nurl = \"https://glpi.example/\"", "a-z"),
        ("[[server]]\nurl = \"https://a/\"\n[[server]]\nurl = \"http://a/\"", "two servers"),
    ] {
        let error = parse("airlock.toml", text).unwrap_err();
        assert!(error.is::<crate::exit::Usage>());
        let words = error.to_string();
        assert!(words.contains(said) && words.starts_with("airlock.toml"), "{words}");
    }
}

#[test]
fn a_period_is_a_number_with_or_without_a_unit() {
    for (text, seconds) in [("90", 90), ("90s", 90), ("15m", 900), ("6h", 21_600), ("1d", 86_400)] {
        assert_eq!(Period::of(text), Ok(Period::seconds(seconds)));
    }
    for text in ["", "h", "-1", "1w", "1.5h", "99999999999999999999", "99999999999d"] {
        assert!(Period::of(text).is_err(), "{text}");
    }
}

#[test]
fn a_secret_is_not_shown() {
    let login = Login { user: "u".into(), password_file: None, password: Some("s3cret".into()) };
    assert!(!format!("{login:?}").contains("s3cret"));
}

#[test]
fn settings_come_through_a_pipe_as_they_are() {
    let mut settings = parse("airlock.toml", WHOLE).unwrap();
    let login = Login { user: "u".into(), password_file: None, password: Some("p".into()) };
    settings.transport.login = Some(login);
    let piped: Settings = serde_json::from_str(&serde_json::to_string(&settings).unwrap()).unwrap();
    assert_eq!(piped, settings);
    let error = parse("airlock.toml", "[transport.login]\nuser = \"u\"\npassword = \"p4ss\"").unwrap_err().to_string();
    assert!(error.contains("password_file") && !error.contains("p4ss"), "{error}");
}
