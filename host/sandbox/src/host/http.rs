//! `airlock:net/http`.

use crate::bindings::http::{Header, Host, Method, Request, Response};
use crate::state::State;
use airlock_gate::{CallError, calls};

impl Host for State {
    async fn send(&mut self, request: Request) -> Result<Response, CallError> {
        let method = match request.method {
            Method::Get => calls::Method::Get,
            Method::Head => calls::Method::Head,
            Method::Post => calls::Method::Post,
            Method::Put => calls::Method::Put,
        };
        let headers = request.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let request = airlock_gate::Request { method, url: request.url, headers, body: request.body };
        let fetched = self.gate.fetch(request).await?;
        let headers = fetched.reply.headers.into_iter().map(|(name, value)| Header { name, value }).collect();
        Ok(Response { url: fetched.target.url(), status: fetched.reply.status, headers, body: fetched.reply.body })
    }
}
