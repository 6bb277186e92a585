use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::load::{EntryRead, Landed, Purpose};
use super::request::Outdated;
use super::{Cache, Inner, Request};
use crate::answer::{Failure, Forward, Origin};
use crate::environment::within;
use crate::flight::Role;
use crate::key::Key;
use crate::policy::{Directives, Policy};
use crate::renewal::{NotRenewed, Renewal, Renewed};
use crate::upstream::Upstream;

impl Cache {
    /// Fetches the value of `key` ahead of requests where `renewal` asks for it: under the lease, and by the fence of a look
    /// sent before the fetch, as for any request. That is no use of the entry: the new one waits for its first.
    ///
    /// # Errors
    /// [`NotRenewed`] where the store or upstream failed, or time ran out. Nothing is fetched past a store that fails.
    pub async fn renew(
        &self,
        key: &Key,
        policy: &Policy,
        directives: &Directives,
        upstream: &Arc<dyn Upstream>,
        renewal: Renewal,
    ) -> Result<Renewed, NotRenewed> {
        let start = self.0.looks.start(&*self.0.environment);
        let (key, upstream, fetched) = (key.clone(), upstream.clone(), Arc::default());
        let (policy, directives, outdated) = (*policy, *directives, Some(Outdated::Within(renewal.left())));
        let request = Request { key, policy, directives, start, upstream, renewal: outdated, fetched };
        let renewing = Box::pin(self.0.renew(&request, renewal));
        let renewed = within(&*self.0.environment, directives.deadline, renewing).await;
        renewed.unwrap_or(Err(NotRenewed::Fetch(Failure::Deadline(directives.deadline))))
    }
}

impl Inner {
    async fn renew(self: &Arc<Self>, request: &Request, renewal: Renewal) -> Result<Renewed, NotRenewed> {
        let Role::Lead(leader) = self.fetches.lead_or_join(&request.key) else { return Ok(Renewed::Fresh) };
        // Until it lands, requests of this process join; where nothing is fetched, they go on by themselves.
        let read = self.read_entry(request).await?;
        if let Some(left) = self.left_alone(&read, request, renewal) {
            return Ok(left);
        }
        let found = Outdated::Found(read.entry.as_ref().map(|entry| entry.content.created_at));
        let request = &Request { renewal: Some(found), ..request.clone() };
        let landed = self.fetch_once(request, read, Forward::Stale, Purpose::Refresh).await;
        leader.land(landed.clone());
        match landed {
            Landed::Entry { origin: Origin::Upstream { stored: true, .. }, .. } => Ok(Renewed::Fetched),
            Landed::Entry { entry, .. } if entry.content.value.len() > self.settings.largest_value => {
                Err(NotRenewed::TooLarge)
            }
            Landed::Entry { origin: Origin::Upstream { stored: false, .. }, .. } => Err(NotRenewed::NotStored),
            Landed::Entry { origin: Origin::Memory | Origin::Store, .. } => Ok(Renewed::Fresh),
            Landed::Failed { failure, .. } => Err(NotRenewed::Fetch(failure)),
        }
    }

    /// Why an entry is not fetched again, by what the store has just told of it. What is dead is not among that.
    fn left_alone(&self, read: &EntryRead, request: &Request, renewal: Renewal) -> Option<Renewed> {
        let entry = read.entry.as_ref();
        if entry.is_some_and(|entry| self.will_do_for(request, entry, Purpose::Refresh)) {
            return Some(Renewed::Fresh);
        }
        match renewal {
            Renewal::OfUsed(_) if !entry.is_some_and(|entry| entry.used.load(Relaxed)) => Some(Renewed::NotWanted),
            Renewal::OfUsed(_) | Renewal::OfAny(_) => None,
        }
    }
}
