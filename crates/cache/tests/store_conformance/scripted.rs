//! A DynamoDB that gives the answers it is told to: DynamoDB Local leaves nothing unprocessed, and throttles nobody.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is asked, by what it is answered: the number of the request, from 0, and its body.
type Answer = dyn Fn(usize, &Value) -> (u16, Value) + Send + Sync;

/// The bodies that were sent, in order.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<Vec<Value>>>);

impl Requests {
    pub(crate) fn all(&self) -> Vec<Value> {
        self.0.lock().expect("no test thread panicked with it").clone()
    }
}

/// A client, with one attempt for each call, of an endpoint that gives these answers.
pub(crate) async fn scripted(
    answer: impl Fn(usize, &Value) -> (u16, Value) + Send + Sync + 'static,
) -> (Client, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let requests = Requests::default();
    let answer: Arc<Answer> = Arc::new(answer);
    let seen = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answer.clone(), seen.clone()));
        }
    });
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(RetryConfig::disabled())
        .build();
    (Client::from_conf(config), requests)
}

/// Answers the requests of one connection until it is closed.
async fn converse(stream: TcpStream, answer: Arc<Answer>, requests: Requests) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a number");
            }
            line.clear();
        }
        if length == 0 {
            return Ok(());
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let (status, reply) = {
            let mut requests = requests.0.lock().expect("no test thread panicked with it");
            requests.push(body.clone());
            answer(requests.len() - 1, &body)
        };
        let reply = reply.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
            reply.len()
        );
        stream.write_all(format!("{head}{reply}").as_bytes()).await?;
        stream.flush().await?;
    }
}
