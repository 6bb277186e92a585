//! The two doors to the same routes: `larder serve`, and `query-handler` behind Lambda's runtime API.

use std::collections::BTreeMap;

use larder_tests::{Claims, Program, RuntimeEmulator, http_event};
use serde_json::Value;
use tokio::net::TcpStream;

pub(crate) enum Door {
    Serve { program: Program, url: String, client: reqwest::Client },
    Function(RuntimeEmulator),
}

/// What came back, whichever the door.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Reply {
    async fn of(answer: reqwest::Response) -> Self {
        let status = answer.status().as_u16();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()));
        Self { status, headers: headers.collect(), text: answer.text().await.expect("a whole body") }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn cache_status(&self) -> &str {
        self.headers.get("cache-status").map_or("", String::as_str)
    }

    /// The stable code of a problem document.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers.get("content-type").map(String::as_str), Some("application/problem+json"), "{self:?}");
        self.json()["code"].as_str().expect("a problem has a code").to_owned()
    }
}

impl Door {
    /// `larder serve` on a free port.
    pub(crate) async fn serve(args: &[&str], env: &[(&str, String)]) -> Self {
        Self::serve_under(&[], args, env).await
    }

    /// The same by way of another command that becomes `larder`.
    pub(crate) async fn serve_under(wrapper: &[&str], args: &[&str], env: &[(&str, String)]) -> Self {
        Self::serve_at("127.0.0.1:0", wrapper, args, env).await
    }

    /// The same for whoever reaches this machine, asked over loopback.
    pub(crate) async fn serve_everybody(args: &[&str], env: &[(&str, String)]) -> Self {
        Self::serve_at("0.0.0.0:0", &[], args, env).await
    }

    async fn serve_at(address: &str, wrapper: &[&str], args: &[&str], env: &[(&str, String)]) -> Self {
        let args: Vec<_> = ["serve", "--listen", address].iter().chain(args).copied().collect();
        let program = Program::start_under(wrapper, "larder", &args, &borrowed(env)).expect("larder starts");
        let line = program.line("listens on http://").await.expect("it says where it listens");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("a URL");
        let url = url.replace("//0.0.0.0:", "//127.0.0.1:");
        Self::Serve { program, url, client: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    /// `query-handler` under the runtime emulator.
    pub(crate) async fn function(env: &[(&str, String)]) -> Self {
        let binary = Program::path("query-handler").expect("it is built");
        Self::Function(RuntimeEmulator::start(&binary, &borrowed(env)).await.expect("the emulator starts"))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None).await
    }

    /// An answer, or `None` where the server takes no request any more.
    pub(crate) async fn try_get(&self, path: &str) -> Option<Reply> {
        self.try_send("GET", path, &[], None).await
    }

    /// How often what should be rare happened, by its name in `/cache/stats`.
    pub(crate) async fn counted(&self, event: &str) -> u64 {
        let stats = self.get("/cache/stats").await.json();
        stats["events"][event].as_u64().unwrap_or_else(|| panic!("{event} is not counted: {stats}"))
    }

    /// What is cached and nothing else: asks for no fetch.
    pub(crate) async fn cached(&self, path: &str) -> Reply {
        self.send("GET", path, &[("cache-control", "only-if-cached")], None).await
    }

    pub(crate) async fn invalidate(&self, body: &str) -> Reply {
        self.send("POST", "/cache/invalidate", &[("content-type", "application/json")], Some(body)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Reply {
        self.try_send(method, path, headers, body).await.expect("it answers")
    }

    /// An answer, or `None` where the server takes no request any more, or the function died over this one.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Option<Reply> {
        match self {
            Self::Serve { url, client, .. } => {
                let method = method.parse().expect("a method");
                let mut request = client.request(method, format!("{url}{path}"));
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                Some(Reply::of(request.body(body.unwrap_or_default().to_owned()).send().await.ok()?).await)
            }
            Self::Function(emulator) => {
                let claims = administrator();
                let event = http_event(method, path, headers, body, Some(&claims));
                let answer = emulator.invoke(&event).await.expect("it answers");
                (answer["errorType"] != "Runtime.ExitError").then(|| http_reply(&answer))
            }
        }
    }

    /// Sends a signal to the function, by the name that `kill` knows it by.
    pub(crate) fn signal(&self, name: &str) {
        match self {
            Self::Serve { .. } => panic!("a program has signals of its own"),
            Self::Function(emulator) => emulator.signal(name).expect("it runs"),
        }
    }

    pub(crate) fn program(&self) -> &Program {
        match self {
            Self::Serve { program, .. } => program,
            Self::Function(_) => panic!("a function is no program of its own"),
        }
    }

    pub(crate) fn into_program(self) -> Program {
        match self {
            Self::Serve { program, .. } => program,
            Self::Function(_) => panic!("a function is no program of its own"),
        }
    }

    /// All that it wrote so far.
    pub(crate) fn log(&self) -> Vec<String> {
        match self {
            Self::Serve { program, .. } => program.log(),
            Self::Function(emulator) => emulator.log(),
        }
    }

    /// Where it takes connections: `127.0.0.1:8080`.
    pub(crate) fn address(&self) -> &str {
        match self {
            Self::Serve { url, .. } => url.trim_start_matches("http://"),
            Self::Function(_) => panic!("a function takes no connections"),
        }
    }

    /// Whether it takes new connections.
    pub(crate) async fn is_open(&self) -> bool {
        TcpStream::connect(self.address()).await.is_ok()
    }
}

/// A person who may do everything.
pub(crate) fn administrator() -> Claims {
    Claims::person(&["larder/read", "larder/admin"], &["larder-admins", "acct-all"])
}

/// The HTTP answer in a function's answer.
pub(crate) fn http_reply(answer: &Value) -> Reply {
    let status = answer["statusCode"].as_u64().unwrap_or_else(|| panic!("no HTTP answer: {answer}"));
    let headers = answer["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap_or("").to_owned()));
    Reply {
        status: u16::try_from(status).expect("a status"),
        headers: headers.collect(),
        text: answer["body"].as_str().unwrap_or("").to_owned(),
    }
}

pub(crate) fn borrowed<'a>(env: &'a [(&str, String)]) -> Vec<(&'a str, &'a str)> {
    env.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
