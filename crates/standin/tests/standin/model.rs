//! AWS's service models, and answers held against them.

use std::io::Read;
use std::path::Path;

use larder_tests::real_data;
use serde_json::{Map, Value};

use crate::xml::Node;

pub(crate) fn gunzip(path: &Path) -> Value {
    let file = std::fs::File::open(path).expect("a file of the real data");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    serde_json::from_str(&text).expect("JSON")
}

/// A service model, and how many values were held against it.
pub(crate) struct Model {
    pub(crate) shapes: Value,
    operations: Value,
    /// Such as `json`, whose times are seconds since 1970.
    protocol: Value,
    pub(crate) checked: usize,
}

impl Model {
    pub(crate) fn load(service: &str) -> Option<Self> {
        let path = real_data()?.join("models").join(service).join("service-2.json.gz");
        let mut model = gunzip(&path);
        Some(Self {
            shapes: model["shapes"].take(),
            operations: model["operations"].take(),
            protocol: model["metadata"]["protocol"].take(),
            checked: 0,
        })
    }

    pub(crate) fn operation(&self, name: &str) -> &Value {
        &self.operations[name]
    }

    pub(crate) fn output(&self, operation: &str) -> String {
        name(&self.operations[operation]["output"])
    }

    pub(crate) fn xml(&mut self, shape: &str, node: &Node, at: &str) {
        let rule = self.shapes[shape].clone();
        match rule["type"].as_str().expect("a type") {
            "structure" => {
                for required in rule["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    let location = rule["members"][required]["locationName"].as_str().unwrap_or(required);
                    assert!(node.find(location).is_some(), "{at} lacks {location}");
                }
                for child in &node.children {
                    let member = rule["members"]
                        .as_object()
                        .expect("members")
                        .iter()
                        .find(|(name, member)| member["locationName"].as_str().unwrap_or(name) == child.name);
                    let (_, member) = member.unwrap_or_else(|| panic!("{at} has no {} in {shape}", child.name));
                    self.xml(&name(member), child, &format!("{at}.{}", child.name));
                }
            }
            "list" => {
                let item = rule["member"]["locationName"].as_str().unwrap_or("member");
                for child in &node.children {
                    assert_eq!(child.name, item, "{at}");
                    self.xml(&name(&rule["member"]), child, at);
                }
            }
            kind => {
                let value = match kind {
                    "boolean" | "integer" | "long" | "double" => {
                        serde_json::from_str(&node.text).unwrap_or(Value::Null)
                    }
                    _ => node.text.clone().into(),
                };
                self.scalar(&rule, &value, at);
            }
        }
    }

    pub(crate) fn json(&mut self, shape: &str, value: &Value, at: &str) {
        let rule = self.shapes[shape].clone();
        match rule["type"].as_str().expect("a type") {
            "structure" => {
                for required in rule["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    assert!(value.get(required).is_some(), "{at} lacks {required}");
                }
                for (key, value) in value.as_object().unwrap_or_else(|| panic!("{at} is no object")) {
                    let member = rule["members"].get(key).unwrap_or_else(|| panic!("{at} has no {key}"));
                    self.json(&name(member), value, &format!("{at}.{key}"));
                }
            }
            "list" => {
                for value in value.as_array().unwrap_or_else(|| panic!("{at} is no list")) {
                    self.json(&name(&rule["member"]), value, at);
                }
            }
            "map" => {
                for value in value.as_object().unwrap_or_else(|| panic!("{at} is no map")).values() {
                    self.json(&name(&rule["value"]), value, at);
                }
            }
            _ => self.scalar(&rule, value, at),
        }
    }

    /// What a client reads out of an answer, by the names of the model.
    pub(crate) fn read(&self, shape: &str, node: &Node) -> Value {
        let rule = &self.shapes[shape];
        match rule["type"].as_str().expect("a type") {
            "structure" => {
                let members = rule["members"].as_object().expect("members").iter();
                let read = members.filter_map(|(key, member)| {
                    let child = node.find(member["locationName"].as_str().unwrap_or(key))?;
                    Some((key.clone(), self.read(&name(member), child)))
                });
                Value::Object(read.collect::<Map<_, _>>())
            }
            "list" => {
                let item = rule["member"]["locationName"].as_str().unwrap_or("member");
                assert!(node.children.iter().all(|child| child.name == item), "{shape} lists {item}");
                node.children.iter().map(|child| self.read(&name(&rule["member"]), child)).collect()
            }
            "boolean" | "integer" | "long" | "double" | "float" => {
                serde_json::from_str(&node.text).expect("a number or a truth")
            }
            _ => node.text.clone().into(),
        }
    }

    fn scalar(&mut self, rule: &Value, value: &Value, at: &str) {
        self.checked += 1;
        let fits = match rule["type"].as_str().expect("a type") {
            "boolean" => value.is_boolean(),
            "integer" | "long" => value.is_i64(),
            "double" | "float" => value.is_number(),
            "string" => value.is_string(),
            "timestamp" if self.protocol == "json" => value.is_number(),
            "timestamp" => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            other => panic!("{at}: {other} is not looked at"),
        };
        assert!(fits, "{at}: {value} is no {}", rule["type"]);
        if let Some(allowed) = rule["enum"].as_array() {
            assert!(allowed.contains(value), "{at}: {value}");
        }
        if let (Some(text), "string") = (value.as_str(), rule["type"].as_str().unwrap_or_default()) {
            let length = text.chars().count() as u64;
            assert!(rule["min"].as_u64().is_none_or(|min| length >= min), "{at}: {text}");
            assert!(rule["max"].as_u64().is_none_or(|max| length <= max), "{at}: {text}");
        }
    }
}

fn name(reference: &Value) -> String {
    reference["shape"].as_str().expect("a shape").to_owned()
}
