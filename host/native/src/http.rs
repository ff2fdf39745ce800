//! HTTP for tasks: names are looked up once, and each request is on a thread of its own, so that a resolver or a server that
//! says nothing holds up nobody else.

use crate::look_up::look_up;
use crate::off_thread::{Stopped, off_thread};
use airlock_gate::calls::{HttpReply, HttpSend, Target};
use airlock_gate::ports::{Answer, Http};
use airlock_gate::{CallError, Scope};
use airlock_net::http::{HttpBounds, HttpError, HttpRequest, send};
use std::net::IpAddr;
use std::time::Duration;

/// How often it is looked whether anybody still waits.
const LOOK: Duration = Duration::from_millis(50);

/// HTTP over this machine's network.
#[derive(Debug, Clone)]
pub struct MachineHttp {
    bounds: HttpBounds,
}

impl Default for MachineHttp {
    fn default() -> Self {
        let (connect, headers) = (Duration::from_secs(10), Duration::from_secs(30));
        Self { bounds: HttpBounds { connect, headers, whole: Duration::from_secs(300), body: 16 << 20 } }
    }
}

impl MachineHttp {
    /// With deadlines of one's own.
    pub fn with_bounds(bounds: HttpBounds) -> Self {
        Self { bounds }
    }
}

impl Http for MachineHttp {
    fn resolve<'a>(&'a self, target: &'a Target) -> Answer<'a, Vec<IpAddr>> {
        let host = target.host.clone();
        Box::pin(off_thread(move |_| {
            look_up(&host).map_err(|error| CallError::Failed(format!("{host} has no address: {error}")))
        }))
    }

    fn send<'a>(&'a self, call: HttpSend, scope: &'a Scope) -> Answer<'a, HttpReply> {
        let bounds = HttpBounds { body: scope.max_bytes.unwrap_or(self.bounds.body), ..self.bounds };
        Box::pin(off_thread(move |stopped| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| CallError::Failed(error.to_string()))?;
            runtime.block_on(async {
                tokio::select! {
                    answer = exchange(call, &bounds) => answer,
                    () = nobody_waits(stopped) => Err(CallError::Cancelled),
                }
            })
        }))
    }
}

async fn exchange(call: HttpSend, bounds: &HttpBounds) -> Result<HttpReply, CallError> {
    let (origin, url) = (call.target.origin(), call.target.url());
    let request = HttpRequest {
        method: call.method.name(),
        url: &url,
        port: call.target.port,
        addresses: &call.addresses,
        headers: &call.headers,
        body: call.body,
        mirrors: None,
    };
    match send(request, bounds).await {
        Ok(answer) => Ok(HttpReply { status: answer.status, headers: answer.headers, body: answer.body }),
        Err(HttpError::Timeout) => Err(CallError::Timeout),
        Err(error) => Err(CallError::Failed(format!("{origin}: {error}"))),
    }
}

pub(crate) async fn nobody_waits(stopped: &Stopped) {
    while !stopped.is_stopped() {
        tokio::time::sleep(LOOK).await;
    }
}
