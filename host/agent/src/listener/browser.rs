//! Whether a request comes from a page of another site. A browser sends what any page wants of it, with this machine's
//! address and whatever login it remembers; so who asks for a change is looked at before anything happens.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, HOST, HeaderName, ORIGIN, REFERER, USER_AGENT};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// On whose behalf a request comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Site {
    /// Not a page: a program, or a person who typed the address.
    None,
    /// Our own page.
    Own,
    /// A page of a server that this agent has: the origin, to be named in the answer.
    Server(String),
}

/// Why a request is not served: it comes from a page that may not ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherSite;

/// Looks at `Origin` (RFC 6454), `Sec-Fetch-Site` (Fetch Metadata) and `Referer`. `servers` are the URLs of this agent's.
pub(super) fn site<'a>(headers: &HeaderMap, servers: impl Iterator<Item = &'a str>) -> Result<Site, OtherSite> {
    let text = |name: &HeaderName| -> Result<Option<&str>, OtherSite> {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => one.to_str().map(Some).map_err(|_no_text| OtherSite),
            (Some(_), Some(_)) => Err(OtherSite),
        }
    };
    let host = text(&HOST)?.unwrap_or_default();
    if let Some(said) = text(&ORIGIN)? {
        if is_own(said, host) {
            return Ok(Site::Own);
        }
        let mut servers = servers.filter_map(origin);
        return servers.find(|server| server.eq_ignore_ascii_case(said)).map(Site::Server).ok_or(OtherSite);
    }
    let referer = text(&REFERER)?.map(|url| origin(url).is_some_and(|origin| is_own(&origin, host)));
    match (text(&FETCH_SITE)?, referer) {
        (_, Some(false)) => Err(OtherSite),
        (Some("same-origin"), _) => Ok(Site::Own),
        (Some("none"), _) | (None, Some(true)) => Ok(Site::None),
        (Some(_), _) => Err(OtherSite),
        // A browser that does not say for whom it asks may ask for anybody.
        (None, None) if is_browser(headers) => Err(OtherSite),
        (None, None) => Ok(Site::None),
    }
}

fn is_own(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    !host.is_empty() && authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// The origin of a URL as browsers write it: without a login, a path, or the port that goes without saying.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let scheme = scheme.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let authority = authority.strip_suffix(usual).unwrap_or(authority);
    (!authority.is_empty()).then(|| format!("{scheme}://{}", authority.to_ascii_lowercase()))
}

fn is_browser(headers: &HeaderMap) -> bool {
    let has = |name: HeaderName, what: &str| {
        headers
            .get_all(name)
            .iter()
            .any(|value| value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains(what)))
    };
    has(USER_AGENT, "mozilla/") || has(ACCEPT, "image/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVERS: [&str; 2] = ["https://glpi.example/front/inventory.php", "http://other.example:8080/"];

    fn of(headers: &[(&'static str, &str)]) -> Result<Site, OtherSite> {
        let mut map = HeaderMap::new();
        map.insert(HOST, "127.0.0.1:62354".parse().unwrap());
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        site(&map, SERVERS.into_iter())
    }

    #[test]
    fn programs_people_our_page_and_our_servers() {
        assert_eq!(of(&[("user-agent", "GuzzleHttp/7")]), Ok(Site::None));
        assert_eq!(of(&[("user-agent", "Mozilla/5.0"), ("sec-fetch-site", "none")]), Ok(Site::None));
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("referer", "http://127.0.0.1:62354/")]), Ok(Site::Own));
        assert_eq!(of(&[("origin", "http://127.0.0.1:62354")]), Ok(Site::Own));
        let server = |origin: &str| Ok(Site::Server(origin.to_owned()));
        assert_eq!(
            of(&[("origin", "https://glpi.example"), ("sec-fetch-site", "cross-site")]),
            server("https://glpi.example")
        );
        assert_eq!(of(&[("origin", "http://other.example:8080")]), server("http://other.example:8080"));
    }

    #[test]
    fn pages_of_others() {
        for headers in [
            &[("origin", "http://evil.test")][..],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "http://glpi.example")],
            &[("origin", "https://glpi.example:8443")],
            &[("origin", "https://glpi.example.evil.test")],
            &[("origin", "http://127.0.0.1:1")],
            &[("origin", "http://127.0.0.1:62354"), ("origin", "http://evil.test")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none"), ("referer", "http://evil.test/")],
            &[("referer", "http://evil.test/page")],
            &[("referer", "https://127.0.0.1:62354@evil.test/")],
            &[("referer", "nonsense")],
            &[("user-agent", "Mozilla/5.0 (X11)")],
            &[("accept", "image/avif,image/webp,*/*")],
        ] {
            assert_eq!(of(headers), Err(OtherSite), "{headers:?}");
        }
    }
}
