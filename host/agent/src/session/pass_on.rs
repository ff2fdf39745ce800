//! A message of another agent, which has no way to the server itself: as it is, under that agent's name.

use super::SessionError;
use crate::listener::{Answered, Passed};
use airlock_net::server::{Request, ServerClient};
use airlock_protocol::bodies::{Coding, Format, Limits, open, pack};
use airlock_protocol::requests::{AGENT_ID, PROXY_ID, REQUEST_ID};
use tokio::runtime::Builder;

pub(crate) fn pass_on(client: &ServerClient, message: &Passed) -> Result<Answered, SessionError> {
    let body = pack(&message.document, Coding::Zlib);
    let mut post = Request::post("", body).header("Content-Type", Coding::Zlib.content_type(message.format));
    post = post.header("Pragma", "no-cache").header(PROXY_ID, message.proxies.join(","));
    for (name, value) in [(AGENT_ID, &message.agent), (REQUEST_ID, &message.request)] {
        if let Some(value) = value {
            post = post.header(name, value);
        }
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let raw = runtime.block_on(client.session().send(post))?;
    if matches!(raw.status, 429 | 503) {
        return Err(SessionError::Busy { status: raw.status, again: raw.retry_after });
    }
    let document = open(raw.header("content-type"), &raw.body, &Limits::default())
        .map_err(|error| SessionError::Answer { status: raw.status, error: error.into() })?
        .bytes;
    let format = if document.first() == Some(&b'{') { Format::Json } else { Format::Xml };
    Ok(Answered { format, document })
}
