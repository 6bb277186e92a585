use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::{Map, Value, json};

/// A template's YAML as JSON, with CloudFormation's short tags (`!Ref`) in their long form.
///
/// # Panics
/// If it is none, or has what no template needs: aliases, several documents.
pub(super) fn json_of(text: &str) -> Value {
    let mut events = Events(Parser::new_from_str(text));
    assert_eq!((events.next(), events.next()), (Event::StreamStart, Event::DocumentStart(false)));
    let first = events.next();
    let value = events.node(first);
    assert_eq!((events.next(), events.next()), (Event::DocumentEnd, Event::StreamEnd));
    value
}

struct Events<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Events<'a> {
    fn next(&mut self) -> Event<'a> {
        let (event, _) = self.0.next().expect("it goes on").expect("YAML");
        event
    }

    /// The node that an event begins.
    fn node(&mut self, begins: Event<'a>) -> Value {
        match begins {
            Event::Scalar(text, ScalarStyle::Plain, _, None) => plain(&text),
            Event::Scalar(text, _, _, tag) => tagged(tag.as_deref(), json!(text)),
            Event::SequenceStart(_, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.next() {
                        Event::SequenceEnd => return tagged(tag.as_deref(), Value::Array(items)),
                        event => items.push(self.node(event)),
                    }
                }
            }
            Event::MappingStart(_, tag) => {
                let mut members = Map::new();
                loop {
                    match self.next() {
                        Event::MappingEnd => return tagged(tag.as_deref(), Value::Object(members)),
                        Event::Scalar(name, ..) => {
                            let begins = self.next();
                            let twice = members.insert(name.into_owned(), self.node(begins));
                            assert_eq!(twice, None, "a name is there twice");
                        }
                        event => panic!("{event:?} is no name"),
                    }
                }
            }
            event => panic!("no template has {event:?}"),
        }
    }
}

fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => json!(true),
        "false" => json!(false),
        _ if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
            serde_json::from_str(text).unwrap_or_else(|_| json!(text))
        }
        _ => json!(text),
    }
}

fn tagged(tag: Option<&Tag>, value: Value) -> Value {
    let Some(tag) = tag else { return value };
    let function = if tag.suffix == "Ref" { "Ref".to_owned() } else { format!("Fn::{}", tag.suffix) };
    json!({ function: value })
}
