use larder_cache::Answer;
use sha2::{Digest, Sha256};

use super::{Broken, broken};
use crate::evidence::{Evidence, Request};
use crate::history::{Answered, Outcome};
use crate::tally::Tally;

/// G3: every value is byte for byte one that upstream gave for that very key, before it was answered.
pub(super) fn are_whole_and_the_keys_own(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for request in &evidence.requests {
        let Some(told) = &request.told else { continue };
        let Ok(answer) = told.answer else { continue };
        tally.count("answers");
        let Some(fetch) = evidence.fetch_of(answer) else { return no_such(request, answer, "nobody's") };
        let Some((_, Outcome::Gave(given))) = fetch.ended.filter(|(ended, _)| *ended < told.index) else {
            return no_such(request, answer, "of a fetch that did not give it");
        };
        if evidence.request_of(fetch).key != request.key {
            return no_such(request, answer, "another key's");
        }
        if *given != answer.value {
            return no_such(request, answer, "not whole");
        }
        if *answer.etag != hex::encode(&Sha256::digest(given)[..16]) {
            return no_such(request, answer, "not what its etag says");
        }
    }
    Ok(())
}

fn no_such(request: &Request, answer: &Answer, how: &str) -> Result<(), Broken> {
    let answer = Answered(answer.clone());
    broken("G3", format!("request {} for {} got a value that is {how}: {answer:?}", request.number, request.key))
}
