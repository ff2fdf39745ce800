//! What is done with a message, by its protocol: a contact is answered or passed on, a report is kept, passed on, or both.

use super::forwards::Forwards;
use super::take::Taken;
use super::{Answer, Begun, JSON, Plugin, Sender, XML, answer, busy, error, pending};
use crate::listener::Shared;
use crate::listener::view::{DaemonView, Passed, TargetKind};
use airlock_protocol::bodies::Format;
use airlock_protocol::requests::RequestId;
use hyper::StatusCode;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A server's answer that is waited for: while the sender waits, and while it comes back to ask.
const AT_ONCE: Duration = Duration::from_secs(150);
const LATER: Duration = Duration::from_secs(600);

pub(super) async fn handle(shared: &Shared, plugin: &Plugin, sender: &Sender, mut taken: Taken) -> Answer {
    let has_server = shared.view.status().targets.iter().any(|target| target.kind == TargetKind::Server);
    let is_alone = plugin.only_store || !has_server;
    if is_alone && plugin.store.is_none() {
        let why = "This agent has neither a server nor a folder for it: [[server]], [listener.proxy] store.";
        return error(StatusCode::SERVICE_UNAVAILABLE, why);
    }
    match (taken.heard.format, sender.agent.as_deref(), taken.heard.action.as_str()) {
        (Format::Json, None, _) => error(StatusCode::FORBIDDEN, "expected a GLPI-Agent-ID"),
        (Format::Json, Some(agent), action) => {
            let agent = agent.to_owned();
            if is_alone && action == "contact" {
                return contact(plugin);
            }
            let device = taken.heard.device.clone().unwrap_or_else(|| agent.clone());
            let is_report = !matches!(action, "contact" | "get_params");
            if is_report && let Err(refused) = keep(plugin, &mut taken, &device).await {
                return *refused;
            }
            if is_alone {
                let body = json!({ "status": "ok", "expiration": plugin.hours().to_string() });
                return answer(StatusCode::OK, JSON, body.to_string());
            }
            forward(shared, plugin, sender, agent, device, taken).await
        }
        // An agent of GLPI that asks in the old way first: it is told to ask in the new one.
        (Format::Xml, Some(_), "PROLOG") if is_alone => contact(plugin),
        (Format::Xml, Some(_), "PROLOG") => {
            answer(StatusCode::ACCEPTED, JSON, json!({ "status": "pending", "expiration": 0 }).to_string())
        }
        (Format::Xml, None, "PROLOG") if taken.heard.device.is_some() => {
            let hours = plugin.hours();
            let reply = format!("<PROLOG_FREQ>{hours}</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>");
            answer(StatusCode::OK, XML, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY>{reply}</REPLY>\n"))
        }
        (Format::Xml, _, "INVENTORY") => match taken.heard.device.clone() {
            Some(device) => inventory(shared, plugin, sender, is_alone, device, taken).await,
            None => error(StatusCode::FORBIDDEN, "expected a DEVICEID"),
        },
        (Format::Xml, ..) => error(StatusCode::FORBIDDEN, "expected PROLOG or INVENTORY, and a DEVICEID"),
    }
}

/// What a server would say that wants inventories and nothing else.
fn contact(plugin: &Plugin) -> Answer {
    let body = json!({
        "status": "ok",
        "message": "contact on only storing proxy agent",
        "expiration": plugin.hours().to_string(),
        "tasks": { "inventory": {} },
        "disabled": ["netdiscovery", "netinventory", "esx", "collect", "deploy", "wakeonlan"],
    });
    answer(StatusCode::OK, JSON, body.to_string())
}

/// A copy, on disk before anybody is told that the report has come.
async fn keep(plugin: &Plugin, taken: &mut Taken, device: &str) -> Result<(), Box<Answer>> {
    let Some(store) = plugin.store.clone() else { return Ok(()) };
    let heard = &taken.heard;
    let ending = if heard.format == Format::Json { "json" } else { "xml" };
    // What is no inventory must not take the place of one.
    let is_inventory = heard.action.eq_ignore_ascii_case("inventory");
    let name = if is_inventory { device.to_owned() } else { format!("{device}.{}", heard.action) };
    let (document, is_partial) = (std::mem::take(&mut taken.document), heard.is_partial);
    let kept = tokio::task::spawn_blocking(move || (store.keep(&name, ending, is_partial, &document), document)).await;
    let why = match kept {
        Ok((Ok(path), document)) => {
            tracing::info!("kept a report as {}", path.display());
            taken.document = document;
            return Ok(());
        }
        Ok((Err(error), _)) => error.to_string(),
        Err(ended) => ended.to_string(),
    };
    tracing::error!("a report of {device} is not kept: {why}");
    Err(Box::new(error(StatusCode::INTERNAL_SERVER_ERROR, "the report could not be kept; the agent's log says why")))
}

fn passed(sender: &Sender, device: String, taken: &mut Taken, request: Option<RequestId>) -> Passed {
    Passed {
        format: taken.heard.format,
        action: taken.heard.action.clone(),
        device,
        agent: sender.agent.clone(),
        request: request.map(|id| id.to_string()),
        proxies: sender.proxies.clone(),
        document: std::mem::take(&mut taken.document),
    }
}

/// On its way, and on disk, before its sender is told so; the sender comes for the answer.
async fn forward(
    shared: &Shared,
    plugin: &Plugin,
    sender: &Sender,
    agent: String,
    device: String,
    mut taken: Taken,
) -> Answer {
    let mut wanted = sender.request;
    let request = loop {
        let id = match wanted.take().map_or_else(random, Some) {
            Some(id) => id,
            None => return error(StatusCode::INTERNAL_SERVER_ERROR, "this system gives no random numbers"),
        };
        match plugin.forwards.begin(id, &agent) {
            Begun::New => break id,
            Begun::Again => return pending(id, plugin.forwards.wait()),
            Begun::Taken => {}
            Begun::TooMany => return busy(),
        }
    };
    let passed = passed(sender, device, &mut taken, Some(request));
    let forwards = Arc::clone(&plugin.forwards);
    let kept = tokio::task::spawn_blocking(move || forwards.keep(request, &agent, &passed).map(|()| passed)).await;
    let passed = match kept.map_err(std::io::Error::other).flatten() {
        Ok(passed) => passed,
        Err(why) => {
            tracing::error!("a message of {} is not taken: {why}", sender.client);
            return busy();
        }
    };
    let (view, forwards) = (Arc::clone(&shared.view), Arc::clone(&plugin.forwards));
    // It goes on if the listener ends.
    tokio::spawn(async move {
        send_on(&view, forwards, request, passed).await;
        drop(taken);
    });
    pending(request, plugin.forwards.wait())
}

/// Waits for the server, and keeps what it said.
pub(super) async fn send_on(view: &Arc<dyn DaemonView>, forwards: Arc<Forwards>, request: RequestId, passed: Passed) {
    let device = passed.device.clone();
    let answered = match tokio::time::timeout(LATER, view.forward(passed)).await {
        Ok(Ok(answered)) => Ok(answered),
        Ok(Err(error)) => {
            tracing::error!("a message of {device} was not passed on: {error:#}");
            Err("the server could not be asked; the passing agent's log says why".to_owned())
        }
        Err(_too_long) => Err("the server did not answer in time".to_owned()),
    };
    if let Err(ended) = tokio::task::spawn_blocking(move || forwards.end(request, answered)).await {
        tracing::error!("the answer to a message of {device} is lost: {ended}");
    }
}

fn random() -> Option<RequestId> {
    getrandom::u32().ok().map(RequestId::new)
}

/// In the old protocol the sender waits.
async fn inventory(
    shared: &Shared,
    plugin: &Plugin,
    sender: &Sender,
    is_alone: bool,
    device: String,
    mut taken: Taken,
) -> Answer {
    if let Err(refused) = keep(plugin, &mut taken, &device).await {
        return *refused;
    }
    if !is_alone {
        let passed = passed(sender, device, &mut taken, sender.request);
        match tokio::time::timeout(AT_ONCE, shared.view.forward(passed)).await {
            Ok(Ok(_answered)) => {}
            Ok(Err(failed)) => {
                tracing::error!("a report of {} was not passed on: {failed:#}", sender.client);
                return error(StatusCode::INTERNAL_SERVER_ERROR, "the server could not be asked");
            }
            Err(_too_long) => return error(StatusCode::INTERNAL_SERVER_ERROR, "the server did not answer in time"),
        }
    }
    answer(StatusCode::OK, XML, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<REPLY></REPLY>\n")
}
