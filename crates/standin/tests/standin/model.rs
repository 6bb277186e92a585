//! Every member of an answer stands where AWS's service model has it, and has a value of its type.

use std::io::Read;
use std::path::Path;

use larder_tests::real_data;
use serde_json::{Value, json};

use crate::ask::Asker;
use crate::xml::Node;

pub(crate) fn gunzip(path: &Path) -> Value {
    let file = std::fs::File::open(path).expect("a file of the real data");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    serde_json::from_str(&text).expect("JSON")
}

/// A service model, and how many values were held against it.
struct Model {
    shapes: Value,
    operations: Value,
    checked: usize,
}

impl Model {
    fn load(service: &str) -> Option<Self> {
        let path = real_data()?.join("models").join(service).join("service-2.json.gz");
        let mut model = gunzip(&path);
        Some(Self { shapes: model["shapes"].take(), operations: model["operations"].take(), checked: 0 })
    }

    fn output(&self, operation: &str) -> String {
        name(&self.operations[operation]["output"])
    }

    fn xml(&mut self, shape: &str, node: &Node, at: &str) {
        let rule = self.shapes[shape].clone();
        match rule["type"].as_str().expect("a type") {
            "structure" => {
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
                for child in &node.children {
                    assert_eq!(child.name, "item", "{at}");
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

    fn json(&mut self, shape: &str, value: &Value, at: &str) {
        let rule = self.shapes[shape].clone();
        match rule["type"].as_str().expect("a type") {
            "structure" => {
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

    fn scalar(&mut self, rule: &Value, value: &Value, at: &str) {
        self.checked += 1;
        let fits = match rule["type"].as_str().expect("a type") {
            "boolean" => value.is_boolean(),
            "integer" | "long" => value.is_i64(),
            "double" | "float" => value.is_number(),
            "string" => value.is_string(),
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

#[tokio::test]
async fn ec2_answers_fit_the_model() {
    let Some(mut model) = Model::load("ec2/2016-11-15") else { return };
    let asker = Asker::start().await;
    for operation in ["DescribeSubnets", "DescribeInstanceTypes", "DescribeRegions"] {
        let before = model.checked;
        let mut root = asker.ec2(&[("Action", operation)]).await.ok_xml();
        assert_eq!(root.name, format!("{operation}Response"));
        root.children.retain(|child| child.name != "requestId");
        model.xml(&model.output(operation), &root, operation);
        assert!(model.checked > before + 10, "{operation} has no members");
    }
}

#[tokio::test]
async fn sts_answers_fit_the_model() {
    let Some(mut model) = Model::load("sts/2011-06-15") else { return };
    let asker = Asker::start().await;
    let root = asker.form("sts", &[("Action", "GetCallerIdentity")]).await.ok_xml();
    let result = root.child("GetCallerIdentityResult");
    model.xml(&model.output("GetCallerIdentity"), result, "GetCallerIdentity");
    assert_eq!(model.checked, 3);
}

#[tokio::test]
async fn drs_answers_fit_the_model() {
    let Some(mut model) = Model::load("drs/2020-02-26") else { return };
    let asker = Asker::start().await;
    for operation in ["DescribeSourceServers", "DescribeJobs"] {
        let before = model.checked;
        let answer = asker.drs(operation, json!({ "maxResults": 1000 })).await.ok_json();
        model.json(&model.output(operation), &answer, operation);
        assert!(model.checked > before + 100, "{operation} has no members");
        let refused = asker.drs(operation, json!({ "nextToken": "garbage" })).await.json();
        model.json("ValidationException", &refused, operation);
    }
}
