//! `glpi-injector`, `fusioninventory-injector`: `airlock inject`.

use super::End;
use super::getopt::Line;
use crate::cli::inject::{self, Options};
use crate::config::Login;
use crate::policies::Places;
use std::path::PathBuf;

pub(super) fn run(line: &Line) -> Result<(), End> {
    let usage = |words: &str| Err(End::Words(2, words.to_owned()));
    let paths = |name: &str| line.text(name).map(PathBuf::from).into_iter().collect::<Vec<_>>();
    let Some(url) = line.text("url") else { return usage("expected --url") };
    if !["file", "directory", "stdin"].iter().any(|name| line.is(name)) {
        return usage("expected --file, --directory or --stdin");
    }
    if line.is("no-ssl-check") {
        eprintln!(
            "--no-ssl-check: whoever is on the way can be the server; `airlock doctor tls URL` shows the pin to use instead"
        );
    }
    let client = line.text("oauth-client-id").map(|user| Login {
        user: user.to_owned(),
        password_file: None,
        password: Some(line.text("oauth-client-secret").unwrap_or_default().to_owned()),
    });
    let options = Options {
        file: paths("file"),
        directory: paths("directory"),
        recursive: line.is("recursive"),
        stdin: line.is("stdin"),
        url: vec![url.to_owned()],
        remove: line.is("remove"),
        // As the other one does: what cannot be sent now is tried again by whoever called.
        retries: 0,
        user_agent: line.text("useragent").map(str::to_owned),
        makers_user_agent: line.is("xml-ua") || line.is("json-ua"),
        no_compression: line.is("no-compression"),
        client_certificate: line.text("ssl-cert-file").map(PathBuf::from),
        proxy: line.text("proxy").map(str::to_owned),
        no_check: line.is("no-ssl-check"),
        login_in_url: true,
        oauth: client,
        ..Options::default()
    };
    Ok(inject::run(&options, &Places::default())?)
}
