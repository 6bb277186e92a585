use std::collections::BTreeSet;

use larder_runtime::{Described, Evidence, Hibernation, NotAState, Second, Seen};
use larder_sources::Server;

use super::OfPlace;
use crate::problem::Code;
use crate::runtime::{Failure, TableError};

/// Which servers there are, as `DescribeInstances` told it.
pub(super) struct Sample {
    /// When it was asked.
    pub(super) as_of: Second,
    /// Those that have the app tag, and those that had it and are gone.
    pub(super) servers: BTreeSet<String>,
    /// Those that are gone.
    pub(super) gone: BTreeSet<String>,
    /// Why some were not seen, if they were not.
    pub(super) failure: Option<Failure>,
}

impl OfPlace<'_> {
    /// Takes a sample of the servers that are asked for, into the ledger.
    pub(super) async fn sample(&self) -> Result<Sample, TableError> {
        let ledger = &self.parts.ledger;
        let mut known = ledger.servers(self.place).await?;
        known.retain(|id| self.request.wants_server(id));
        let as_of = self.parts.now();
        let mut sample = Sample { as_of, servers: known.clone(), gone: BTreeSet::new(), failure: None };
        let tagged = match self.parts.upstream.tagged(self.place).await {
            Ok(tagged) => tagged,
            Err(error) => {
                sample.failure = Some(Failure::from(&error));
                return Ok(sample);
            }
        };
        let tagged: Vec<_> = tagged.into_iter().filter(|server| self.request.wants_server(&server.id)).collect();
        let ids: BTreeSet<_> = tagged.iter().map(|server| server.id.clone()).collect();
        ledger.add_servers(self.place, ids.difference(&known)).await?;
        let others: BTreeSet<_> = known.difference(&ids).cloned().collect();
        sample.servers.extend(ids);
        let mut samples = Vec::new();
        for server in &tagged {
            match described(server) {
                Ok(described) => samples.push((server.id.clone(), seen(as_of, Some(described)))),
                Err(error) => {
                    let words = format!("{}: its state {:?}: {error}", server.id, server.state);
                    sample.failure = Some(Failure::new(Code::UpstreamMalformed, words));
                }
            }
        }
        self.look_for(others, &mut sample).await?;
        samples.extend(sample.gone.iter().map(|id| (id.clone(), seen(as_of, None))));
        ledger.add_samples(&samples).await?;
        Ok(sample)
    }

    /// Whether those that have the tag no longer are gone, or have only lost it: then they are no servers of ours any more.
    async fn look_for(&self, others: BTreeSet<String>, sample: &mut Sample) -> Result<(), TableError> {
        if others.is_empty() {
            return Ok(());
        }
        match self.parts.upstream.by_id(self.place, others).await {
            Ok(asked) => {
                sample.gone = asked.gone;
                for server in asked.known {
                    sample.servers.remove(&server.id);
                    self.parts.ledger.remove_server(self.place, &server.id).await?;
                }
            }
            Err(error) => sample.failure = Some(Failure::from(&error)),
        }
        Ok(())
    }
}

/// What `DescribeInstances` told then; nothing of one that is gone.
pub(in crate::runtime) fn seen(time: Second, instance: Option<Described>) -> Evidence {
    Evidence::Seen(Seen { time, instance })
}

/// What `DescribeInstances` told of a server.
///
/// # Errors
/// [`NotAState`] for a state that there is not.
pub(in crate::runtime) fn described(server: &Server) -> Result<Described, NotAState> {
    Ok(Described {
        state: server.state.parse()?,
        launched: server.launched.map(Second::of_unix),
        ended: server.ended.map(Second::of_unix),
        created: server.created.map(Second::of_unix),
        hibernates: if server.hibernates { Hibernation::Configured } else { Hibernation::Off },
    })
}
