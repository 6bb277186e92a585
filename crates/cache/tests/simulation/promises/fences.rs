use super::{Broken, broken};
use crate::evidence::Evidence;
use crate::history::What;
use crate::tally::Tally;

/// G2: no entry is stored with a fence above the epoch that stands there, of the same incarnation.
pub(super) fn are_never_above_the_epoch(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for event in evidence.events {
        let What::Wrote { by, key, fence, epoch: Some(epoch), .. } = &event.what else { continue };
        tally.count("writes");
        if fence.incarnation == epoch.incarnation && fence.counter > epoch.counter {
            return broken("G2", format!("{by:?} wrote {key} with {fence:?} at {:?}", epoch.fence()));
        }
    }
    Ok(())
}
