use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::operations::Call;
use crate::paging::page;
use crate::request::Form;
use crate::services::ec2::instance_types::page_size;
use crate::wire::AwsError;

pub(super) const ACTION: &str = "ec2:DescribeInstanceTypes";

/// Every instance type of EC2, by the names of its model. The list is too long for one page and is paged as EC2 does.
#[derive(Debug)]
pub(super) struct InstanceTypes(Vec<Value>);

impl InstanceTypes {
    pub(super) fn load(folder: &Path) -> io::Result<Self> {
        let file = File::open(folder.join("aws-responses/moto/instance_types.json.gz"))?;
        let by_name: BTreeMap<String, Value> = serde_json::from_reader(BufReader::new(GzDecoder::new(file)))?;
        Ok(Self(by_name.into_values().collect()))
    }

    /// The answer's members; filters and names narrow nothing.
    pub(super) fn page(&self, call: &Call, form: &Form) -> Result<Value, AwsError> {
        let page = page(&self.0, call, form.get("NextToken"), page_size(form)?)
            .map_err(|_| AwsError::invalid_parameter_value("Unable to parse pagination token"))?;
        let mut members = json!({ "InstanceTypes": page.items });
        if let Some(next) = page.next {
            members["NextToken"] = next.into();
        }
        Ok(members)
    }
}
