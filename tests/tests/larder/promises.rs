//! What a fleet promises, held against what it answers. Upstream's answers differ at every call and say which call they
//! answer, so that an answer tells when it was fetched.

use std::collections::HashMap;
use std::time::Duration;

use larder_standin::CALL_TAG;
use serde_json::Value;

use crate::door::Reply;

/// What is asked, and whose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) data_type: &'static str,
    /// What upstream is asked for it.
    pub(crate) action: &'static str,
    /// The member of the answer that has the items.
    pub(crate) member: &'static str,
    pub(crate) region: &'static str,
    pub(crate) account: String,
}

/// One request and its answer.
pub(crate) struct Exchange {
    pub(crate) asked: Asked,
    /// The coherence window of whoever answered.
    pub(crate) window: Duration,
    /// When, since the beginning.
    pub(crate) sent: Duration,
    /// When it was answered.
    pub(crate) answered: Duration,
    /// How many requests upstream had got when it was sent.
    pub(crate) requests_before: u64,
    pub(crate) reply: Reply,
}

/// An invalidation that was acknowledged.
pub(crate) struct Invalidated {
    pub(crate) data_type: Option<&'static str>,
    pub(crate) region: Option<&'static str>,
    pub(crate) account: Option<String>,
    /// How many requests upstream had got when it was sent: all of those came before it took effect.
    pub(crate) requests_before: u64,
    /// When, since the beginning.
    pub(crate) acknowledged: Duration,
}

/// What is known so far.
#[derive(Default)]
pub(crate) struct Promises {
    /// The items of each answer as upstream gave them, without the tags that tell one call from another.
    whole: HashMap<Asked, Vec<Value>>,
    invalidated: Vec<Invalidated>,
    /// How many requests upstream had got by when.
    counted: Vec<(Duration, u64)>,
}

/// Clocks of two processes are read to the millisecond.
const TOLERANCE: Duration = Duration::from_millis(10);

impl Promises {
    /// Takes the answer for what upstream says, whichever call it answers.
    pub(crate) fn learn(&mut self, exchange: &Exchange) -> Result<(), String> {
        let (items, _) = items(&exchange.asked, &exchange.reply)?;
        self.whole.insert(exchange.asked.clone(), items);
        Ok(())
    }

    pub(crate) fn invalidated(&mut self, invalidated: Invalidated) {
        self.invalidated.push(invalidated);
    }

    /// How many invalidations were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.invalidated.len()
    }

    /// At `now`, upstream has got so many requests.
    pub(crate) fn counted(&mut self, requests: u64, now: Duration) {
        self.counted.push((now, requests));
    }

    /// Whether an answer that has just come keeps every promise; else which it breaks, and how.
    pub(crate) fn check(&self, exchange: &Exchange) -> Result<(), String> {
        let Exchange { asked, reply, .. } = exchange;
        let (items, call) = items(asked, reply).map_err(|error| format!("G3: {error}"))?;
        if self.whole.get(asked) != Some(&items) {
            return Err(format!("G3: {asked:?} was answered with what upstream never said: {reply:?}"));
        }
        self.check_freshness(exchange, call)?;
        self.check_age(exchange, call)
    }

    /// G1: nothing fetched before an invalidation that was acknowledged, and the window over, before this was sent.
    fn check_freshness(&self, exchange: &Exchange, call: u64) -> Result<(), String> {
        let Exchange { asked, window, sent, .. } = exchange;
        let over = self.invalidated.iter().filter(|it| it.matches(asked) && it.acknowledged + *window <= *sent);
        match over.filter(|it| call < it.requests_before).max_by_key(|it| it.requests_before) {
            None => Ok(()),
            Some(broken) => Err(format!(
                "G1: {asked:?} was answered with call {call}, though an invalidation sent after {} calls was acknowledged \
                 {:?} before, at a window of {window:?}: {}",
                broken.requests_before,
                *sent - broken.acknowledged,
                exchange.reply.cache_status()
            )),
        }
    }

    /// G5: as old as it says, and from where it says.
    fn check_age(&self, exchange: &Exchange, call: u64) -> Result<(), String> {
        let status = exchange.reply.cache_status();
        let age = exchange.reply.headers.get("age").and_then(|age| age.parse().ok());
        let age: u64 = age.ok_or_else(|| format!("G5: no age: {status}"))?;
        let counted = self.counted.partition_point(|(_, requests)| *requests <= call);
        let (called_by, _) = self.counted.get(counted).ok_or_else(|| format!("G3: call {call} is yet to come"))?;
        let least = exchange.sent.saturating_sub(*called_by).saturating_sub(TOLERANCE).as_secs();
        let most = exchange.answered.as_secs() + 1;
        if !(least..=most).contains(&age) {
            return Err(format!("G5: an answer of {least} to {most} s says that it is {age} s old: {status}"));
        }
        let own_fetch =
            status.contains("; fwd=") && !status.contains("collapsed") && !status.contains("stale-if-error");
        if own_fetch && call < exchange.requests_before {
            return Err(format!("G5: fetched for nobody else, and before it was asked for: {status}"));
        }
        Ok(())
    }
}

impl Invalidated {
    fn matches(&self, asked: &Asked) -> bool {
        self.data_type.is_none_or(|data_type| data_type == asked.data_type)
            && self.region.is_none_or(|region| region == asked.region)
            && self.account.as_ref().is_none_or(|account| *account == asked.account)
    }
}

/// The items of an answer without the tag of upstream's, and the lowest number of the calls that gave them.
fn items(asked: &Asked, reply: &Reply) -> Result<(Vec<Value>, u64), String> {
    let answer: Value = serde_json::from_str(&reply.text).map_err(|error| format!("{error}: {reply:?}"))?;
    let mut items = answer[asked.member].as_array().cloned().ok_or_else(|| format!("no items: {reply:?}"))?;
    let mut lowest = u64::MAX;
    for item in &mut items {
        let tag = item["tags"].as_object_mut().and_then(|tags| tags.remove(CALL_TAG));
        let tag = tag.as_ref().and_then(Value::as_str).ok_or_else(|| format!("an item of no call: {item}"))?;
        let (number, of) = tag.split_once(' ').ok_or_else(|| format!("no call: {tag}"))?;
        if of != format!("{} {} {}", asked.action, asked.account, asked.region) {
            return Err(format!("{asked:?} was answered with {tag}"));
        }
        lowest = lowest.min(number.parse().map_err(|error| format!("{error}: {tag}"))?);
    }
    Ok((items, lowest))
}

#[cfg(test)]
mod tests;
