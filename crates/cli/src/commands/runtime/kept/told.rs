use larder_app::runtime::{AskedServers, CalculationReport, MonthOfServers, PlaceProgress};

use crate::arguments::Runtime;
use crate::commands::runtime::shown::{for_csv, for_people};
use crate::exit::{Exit, of_code};
use crate::output::count;
use crate::session::Given;
use crate::watch::Round;

/// What was told, and what the last calculation came to: nothing, where there was none.
pub(super) struct Told {
    pub(super) month: MonthOfServers,
    pub(super) report: CalculationReport,
}

impl Told {
    /// As it was asked for.
    pub(super) fn round(&self, given: &Given, runtime: &Runtime, asked: &AskedServers) -> anyhow::Result<Round> {
        let servers = &self.month.servers;
        let answer = if given.json {
            // One of many answers for programs is a line.
            let to_json =
                if runtime.watch.watch.is_some() { serde_json::to_string } else { serde_json::to_string_pretty };
            to_json(&self.month)?
        } else if runtime.csv {
            for_csv(servers.iter().map(|kept| (&kept.answer, kept.timestamp)))?
        } else if servers.is_empty() {
            String::new()
        } else {
            for_people(servers.iter().map(|kept| &kept.answer))
        };
        let mut beside: Vec<_> = failures(&self.report).iter().map(|failed| format!("failed: {failed}")).collect();
        if self.report.failed.is_empty() {
            beside.extend(self.failed_before());
        }
        beside.extend(left(&self.report).map(|left| match runtime.watch.watch {
            None => format!("{left}: run it again"),
            Some(_) => format!("{left} for the next calculation"),
        }));
        let is_missing = self.month.progress.iter().any(|place| !place.missing_days.is_empty());
        beside.extend(how_far(&self.month.progress).filter(|_| is_missing).map(|words| {
            format!("not all is known yet: {words}; minutes are bounded by what may have happened in the others")
        }));
        if servers.is_empty() {
            // What failed may be why there is none.
            let has_failed = beside.iter().any(|line| line.starts_with("failed: "));
            beside.extend((!has_failed).then(|| no_server(runtime, asked)));
        } else if !given.json && !runtime.csv {
            beside.extend(self.age());
        }
        Ok(Round { answer, beside: (!beside.is_empty()).then(|| beside.join("\n")), exit: self.exit(runtime) })
    }

    /// A watch goes on: what is there is worth it, and what is missing may come.
    fn exit(&self, runtime: &Runtime) -> Exit {
        let is_known = self.month.servers.iter().any(|kept| kept.answer.minutes.is_some());
        match self.report.failed.first() {
            _ if runtime.watch.watch.is_some() => Exit::Done,
            Some(_) if is_known => Exit::Failed,
            Some(first) => of_code(first.code),
            None if self.month.servers.is_empty() => Exit::Nothing,
            None => Exit::Done,
        }
    }

    /// What whoever worked it out could not, where that was not done just now.
    fn failed_before(&self) -> impl Iterator<Item = String> {
        let failed = |place: &PlaceProgress| {
            let reason = place.failure.as_ref()?.trim_end_matches('.');
            Some(format!("failed: {} {}: {reason}.", place.account_id, place.region))
        };
        self.month.progress.iter().filter_map(failed)
    }

    /// Until when the answers tell.
    fn age(&self) -> Option<String> {
        let as_of = self.month.servers.iter().map(|kept| kept.answer.as_of).min()?;
        Some(format!("until {as_of}"))
    }
}

/// What could not be worked out, and why, in sentences.
pub(super) fn failures(report: &CalculationReport) -> Vec<String> {
    let failed = report.failed.iter().map(|failed| {
        let place = [failed.account_id.as_deref(), failed.region.as_deref()];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let reason = failed.reason.trim_end_matches('.');
        format!("{place}{}{reason}.", if place.is_empty() { "" } else { ": " })
    });
    failed.collect()
}

/// How many days of a month's events were read, over all accounts and regions.
pub(super) fn how_far(places: &[PlaceProgress]) -> Option<String> {
    let covered: usize = places.iter().map(|place| place.covered_days.len()).sum();
    let all = covered + places.iter().map(|place| place.missing_days.len()).sum::<usize>();
    let of = match places.len() {
        1 => "an account and region".to_owned(),
        several => format!("{several} accounts and regions"),
    };
    (all > 0).then(|| format!("CloudTrail's events of {covered} of {all} days of {of} were read"))
}

/// What the deadline left.
fn left(report: &CalculationReport) -> Option<String> {
    let events = match report.unfinished.len() {
        1 => "events of an account and region".to_owned(),
        several => format!("events of {several} accounts and regions"),
    };
    match (report.remaining, report.unfinished.len()) {
        (0, 0) => None,
        (0, _) => Some(format!("{events} were left")),
        (1, 0) => Some("1 server was left".to_owned()),
        (servers, 0) => Some(format!("{} were left", count(servers, "server"))),
        (servers, _) => Some(format!("{} and {events} were left", count(servers, "server"))),
    }
}

/// Whose tag it is, another Larder does not say.
fn no_server(runtime: &Runtime, asked: &AskedServers) -> String {
    let tag = if runtime.server.url.is_some() { "" } else { " (LARDER_APP_TAG)" };
    let is_narrow = !asked.accounts.is_empty() || !asked.regions.is_empty();
    let of = if is_narrow { " in these accounts and regions" } else { "" };
    format!("there is no server with the app tag{tag}{of}")
}

#[cfg(test)]
mod tests;
