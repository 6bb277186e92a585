use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

use crate::wire::Element;

/// As much of botocore's service model as it takes to write an answer in XML.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    output: Option<Reference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    shape: String,
    location_name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(default)]
    members: BTreeMap<String, Reference>,
    /// Of a list.
    member: Option<Reference>,
}

impl Model {
    /// Reads the service's model from `models/<service>/<version>/` below `folder`; of several versions, the last.
    pub(super) fn load(folder: &Path, service: &str) -> io::Result<Self> {
        let folder = folder.join("models").join(service);
        let versions = std::fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
        let last = versions.iter().map(std::fs::DirEntry::path).max().unwrap_or(folder);
        let file = File::open(last.join("service-2.json.gz"))?;
        Ok(serde_json::from_reader(BufReader::new(GzDecoder::new(file)))?)
    }

    /// The elements of an operation's answer. What the model does not know is left out, as AWS could not have said it.
    pub(super) fn output(&self, operation: &str, data: &Value) -> Vec<Element> {
        let output = self.operations.get(operation).and_then(|it| it.output.as_ref());
        output.map(|output| self.members(&output.shape, data)).unwrap_or_default()
    }

    fn members(&self, shape: &str, data: &Value) -> Vec<Element> {
        let known = self.shapes.get(shape).into_iter().flat_map(|shape| &shape.members);
        let given = known.filter_map(|(name, member)| Some((name, member, data.get(name)?)));
        given
            .map(|(name, member, value)| self.element(member.location_name.as_deref().unwrap_or(name), member, value))
            .collect()
    }

    fn element(&self, name: &str, of: &Reference, value: &Value) -> Element {
        match value {
            Value::Object(_) => Element::of(name, self.members(&of.shape, value)),
            Value::Array(items) => {
                let member = self.shapes.get(&of.shape).and_then(|shape| shape.member.as_ref());
                let items = member.into_iter().flat_map(|member| {
                    let name = member.location_name.as_deref().unwrap_or("member");
                    items.iter().map(move |item| self.element(name, member, item))
                });
                Element::of(name, items)
            }
            Value::String(text) => Element::text(name, text),
            Value::Null | Value::Bool(_) | Value::Number(_) => Element::text(name, value),
        }
    }
}
