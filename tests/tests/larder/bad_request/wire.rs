use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What every one of these asks, so that none is right should a server see through the rest: no route, and no body that
/// any route takes.
const LINE: &str = "POST /no-such-route HTTP/1.1\r\n";
const HOST: &str = "Host: 127.0.0.1\r\n";

/// Bytes to send before the connection is closed.
pub(super) fn broken() -> BoxedStrategy<Vec<u8>> {
    let bytes = prop_oneof![
        2 => vec(any::<u8>(), 0..300),
        3 => broken_line().prop_map(|line| [line, format!("{HOST}\r\n").into_bytes()].concat()),
        3 => broken_header().prop_map(|header| [format!("{LINE}{HOST}").into_bytes(), header, b"\r\n\r\n".to_vec()].concat()),
        3 => broken_framing(),
        2 => cut_off(),
        2 => mutated(),
        1 => vec(any::<u8>(), 0..200).prop_map(|frames| [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frames].concat()),
    ];
    bytes.boxed()
}

fn broken_line() -> BoxedStrategy<Vec<u8>> {
    const LINES: &[&str] = &[
        "GET\r\n",
        "GET /no-such-route\r\n",
        "GET /no-such-route HTTP/9.9\r\n",
        "GET /no-such-route HTTP/1.1x\r\n",
        "GET  /no-such-route HTTP/1.1\r\n",
        "GET\t/no-such-route\tHTTP/1.1\r\n",
        "GET no-such-route HTTP/1.1\r\n",
        "GET /no such route HTTP/1.1\r\n",
        "GET http://[::1/no-such-route HTTP/1.1\r\n",
        "GET http:///no-such-route HTTP/1.1\r\n",
        "GET * HTTP/1.1\r\n",
        "CONNECT /no-such-route HTTP/1.1\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\n",
        "\r\n\r\n\r\n",
        "\0\r\n",
        "HTTP/1.1 200 OK\r\n",
    ];
    let long = (1_000..100_000_usize).prop_map(|size| format!("GET /{} HTTP/1.1\r\n", "x".repeat(size)).into_bytes());
    let bytes = vec(any::<u8>(), 1..40)
        .prop_map(|bytes| [b"GET /no-such-route?".to_vec(), bytes, b" HTTP/1.1\r\n".to_vec()].concat());
    prop_oneof![2 => select(LINES).prop_map(|line| line.as_bytes().to_vec()), 1 => long, 3 => bytes].boxed()
}

fn broken_header() -> BoxedStrategy<Vec<u8>> {
    const HEADERS: &[&str] = &[
        "no colon",
        ": no name",
        "Name : space",
        " folded: line",
        "X: a\r\n b: folded",
        "X: a\0b",
        "X: a\rb",
        "X: a\nb: c",
        "Näme: value",
        "Host: 127.0.0.1",
        "Host: a b",
        "Host:",
        "Host: evil.example",
        "Content-Length: 5, 5",
        "Expect: the-unexpected",
        "Upgrade: h2c\r\nConnection: Upgrade",
        "Connection: \u{ff}",
    ];
    let many = (90..300_usize).prop_map(|count| vec!["X: y"; count].join("\r\n").into_bytes());
    let large = (10_000..600_000_usize).prop_map(|size| format!("X: {}", "y".repeat(size)).into_bytes());
    let bytes = vec(any::<u8>(), 0..40).prop_map(|bytes| [b"X: ".to_vec(), bytes].concat());
    let name = vec(any::<u8>(), 0..20).prop_map(|bytes| [bytes, b": x".to_vec()].concat());
    prop_oneof![4 => select(HEADERS).prop_map(|header| header.as_bytes().to_vec()), 1 => many, 1 => large, 2 => bytes, 2 => name]
        .boxed()
}

/// Bodies whose end is told wrong, or twice.
fn broken_framing() -> BoxedStrategy<Vec<u8>> {
    const FRAMINGS: &[&str] = &[
        "Content-Length: -1",
        "Content-Length: +3",
        "Content-Length: 0x3",
        "Content-Length: 99999999999999999999999",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: 1000000",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked",
    ];
    const BODIES: &[&str] = &[
        "[]x",
        "zz\r\n[]x\r\n0\r\n\r\n",
        "-3\r\n[]x\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n[]x\r\n",
        "3\r\n[]xTOO-MUCH\r\n0\r\n\r\n",
        "3;extension=\0\r\n[]x\r\n0\r\n\r\n",
        "3\r\n[]x\r\n",
        "3\r\n[]x\r\n0\r\nTrailer without colon\r\n\r\n",
    ];
    let targets = select(&["/no-such-route", "/cache/invalidate"]);
    let bytes = (targets, select(FRAMINGS), select(BODIES)).prop_map(|(target, framing, body)| {
        format!("POST {target} HTTP/1.1\r\n{HOST}{framing}\r\n\r\n{body}").into_bytes()
    });
    bytes.boxed()
}

/// A connection that ends in the middle.
fn cut_off() -> BoxedStrategy<Vec<u8>> {
    let whole =
        format!("POST /cache/invalidate HTTP/1.1\r\n{HOST}Content-Length: 30\r\n\r\n{{\"dataType\": \"ec2-subnetz\"");
    (0..whole.len()).prop_map(move |end| whole.as_bytes()[..end].to_vec()).boxed()
}

/// One byte changed, and maybe one more.
fn mutated() -> BoxedStrategy<Vec<u8>> {
    let whole = format!("{LINE}{HOST}Content-Length: 3\r\nX-Y: z\r\n\r\n[]x").into_bytes();
    let changes = vec((0..whole.len(), any::<u8>()), 1..3);
    let bytes = changes.prop_map(move |changes| {
        let mut bytes = whole.clone();
        changes.into_iter().for_each(|(place, byte)| bytes[place] = byte);
        bytes
    });
    bytes.boxed()
}
