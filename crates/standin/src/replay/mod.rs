//! Recorded answers of AWS, over the wire again.

mod instance_types;
mod model;
mod recording;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use self::instance_types::InstanceTypes;
use self::model::Model;
use crate::calls::{CalledOperation, Calls};
use crate::operations::{Call, Service};
use crate::request::Form;
use crate::wire::{AwsError, Payload};

pub use recording::Recording;

/// The services whose recordings are served: those that speak XML. The data has none of the others.
const SERVICES: [Service; 3] = [Service::Ec2, Service::Iam, Service::Sts];

/// Recordings and the service models that tell how to write them.
#[derive(Debug)]
pub(crate) struct Replay {
    /// By the name that the service has in an IAM action.
    models: BTreeMap<&'static str, Model>,
    /// By operation, as an IAM action.
    recordings: BTreeMap<String, Vec<Recording>>,
    instance_types: InstanceTypes,
    /// How many of its answers each caller got.
    turns: Calls,
}

impl Replay {
    /// Reads `aws-responses/` and `models/` below `folder`.
    ///
    /// # Errors
    /// If one of the files cannot be read, or is not what its name says.
    pub(crate) fn load(folder: &Path) -> io::Result<Self> {
        let models = SERVICES.map(Service::signing_name).map(|name| Ok((name, Model::load(folder, name)?)));
        let models: BTreeMap<&str, Model> = models.into_iter().collect::<io::Result<_>>()?;
        let mut recordings = recording::load(&folder.join("aws-responses/custodian"))?;
        let all = recordings.len();
        recordings.retain(|action, _| models.contains_key(service(action)));
        tracing::info!(served = recordings.len(), left_out = all - recordings.len(), "operations are recorded");
        let instance_types = InstanceTypes::load(folder)?;
        Ok(Self { models, recordings, instance_types, turns: Calls::default() })
    }

    /// The operations that are answered, as IAM actions.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &str> {
        self.recordings.keys().map(String::as_str).chain([instance_types::ACTION])
    }

    pub(crate) fn recordings(&self, action: &str) -> &[Recording] {
        self.recordings.get(action).map(Vec::as_slice).unwrap_or_default()
    }

    /// The answer to a call: each caller gets the recordings of an operation in their order, over and over. `None` for
    /// an operation that was not recorded.
    pub(crate) fn answer(
        &self,
        called: &CalledOperation,
        call: &Call,
        form: &Form,
    ) -> Option<Result<Payload, AwsError>> {
        let model = self.models.get(service(&called.operation))?;
        let operation = called.operation.split_once(':').map_or("", |(_, name)| name);
        if called.operation == instance_types::ACTION {
            let page = self.instance_types.page(call, form);
            return Some(page.map(|members| Payload::Xml(model.output(operation, &members))));
        }
        let recordings = self.recordings.get(&called.operation)?;
        let turn = self.turns.record(called.clone(), || call.now).before % recordings.len() as u64;
        let recording = &recordings[usize::try_from(turn).unwrap_or_default()];
        tracing::debug!(source = recording.source, "a recording is the answer");
        if recording.status < 400 {
            return Some(Ok(Payload::Xml(model.output(operation, &recording.data))));
        }
        let [code, message] = ["Code", "Message"].map(|name| {
            // Indexing what is not there is null.
            recording.data["Error"][name].as_str().unwrap_or_default().to_owned()
        });
        Some(Err(AwsError::new(recording.status, code, message)))
    }
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}
