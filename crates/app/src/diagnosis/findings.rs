use std::collections::{BTreeMap, BTreeSet};

use larder_sources::{Caller, FailureKind, FetchError, RegisteredAccount};

use super::{AccountExamined, Diagnosis, Finding, Outcome, RegionsFrom, Severity, role_finding};

impl Diagnosis {
    /// What somebody should know, the worst first. What fails alike in several regions is one finding.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let caller = match &self.caller {
            Ok(caller) => caller,
            Err(error) => return vec![of_caller(error)],
        };
        let mut findings = self.registry.clone();
        for account in &self.accounts {
            match &account.role {
                Err(error) => findings.push(role_finding(&account.account, caller, error)),
                Ok(()) => findings.extend(of_account(account, caller)),
            }
        }
        findings.sort();
        findings
    }
}

/// The account for people: `444455556666 (larder-staging)`.
pub(super) fn named(account: &RegisteredAccount) -> String {
    account.name().map_or_else(|| account.id().to_string(), |name| format!("{} ({name})", account.id()))
}

fn of_caller(error: &FetchError) -> Finding {
    let what = format!("It is not known who you are, so nothing else was asked: {}.", sentence(error));
    let finding = Finding::new(Severity::of(error), what);
    match error.kind {
        FailureKind::Credentials => finding.advising(
            "Log in: aws sso login, or aws configure; AWS_PROFILE names the profile. `aws sts get-caller-identity` must \
             work too.",
        ),
        FailureKind::Unavailable | FailureKind::Timeout => {
            finding.advising("Look at the network, a proxy, AWS_REGION and AWS_ENDPOINT_URL.")
        }
        FailureKind::AccessDenied => finding.advising(
            "No policy has to allow this, so one denies it: look for a Deny in the policies, the permissions boundary and \
             the organisation's service control policies of these credentials. Until then set account_id \
             (LARDER_ACCOUNT_ID), so that what is cached is answered.",
        ),
        FailureKind::Throttled => finding.advising("Try again in a minute."),
        FailureKind::Rejected { .. } | FailureKind::Malformed | FailureKind::EndlessPages => finding.advising(
            "Make sure that AWS_REGION and AWS_ENDPOINT_URL name what answers as AWS does; `aws sts get-caller-identity` \
             must work too.",
        ),
    }
}

/// Where and for what something is so.
#[derive(Default)]
struct Where {
    data_types: BTreeSet<&'static str>,
    regions: BTreeSet<&'static str>,
}

impl Where {
    fn add(&mut self, answered: &super::Answered) {
        self.data_types.insert(answered.data_type.name);
        self.regions.extend(answered.region.map(larder_sources::Region::name));
    }

    fn data_types(&self) -> String {
        list(&self.data_types, " and ")
    }

    /// `in us-east-1, us-west-2`, or nothing.
    fn in_regions(&self) -> String {
        if self.regions.is_empty() { String::new() } else { format!(" in {}", list(&self.regions, ", ")) }
    }
}

fn of_account(examined: &AccountExamined, caller: &Caller) -> Vec<Finding> {
    let mut failed: BTreeMap<(&str, &str), (&FetchError, Where)> = BTreeMap::new();
    let mut noted: BTreeMap<&str, Where> = BTreeMap::new();
    for answered in &examined.answers {
        let words = answered.outcome.in_words();
        match &answered.outcome {
            Outcome::Failed(error) => {
                failed.entry((&error.operation, words)).or_insert_with(|| (error, Where::default())).1.add(answered);
            }
            Outcome::NotInitialized | Outcome::NotEnabled | Outcome::NotOffered => {
                noted.entry(words).or_default().add(answered);
            }
            Outcome::Allowed => {}
        }
    }
    let who = named(&examined.account);
    let denied_to = examined.account.role_arn().filter(|_| *examined.account.id() != caller.account);
    let denied_to = denied_to.map_or(caller.arn.as_str(), larder_sources::RoleArn::as_str);
    let failures = failed.values().map(|(error, place)| failure(&who, denied_to, error, place));
    let notes = noted.iter().filter_map(|(words, place)| note(&who, words, place, examined));
    failures.chain(notes).chain(of_regions(&who, examined)).collect()
}

fn failure(who: &str, denied_to: &str, error: &FetchError, place: &Where) -> Finding {
    let (types, regions, operation) = (place.data_types(), place.in_regions(), &error.operation);
    let message = error.message.trim_end_matches('.');
    let what = match error.kind {
        FailureKind::AccessDenied => format!("{who}: {operation} is denied{regions}, needed for {types}: {message}."),
        _ => format!("{who}: {types} failed{regions}: {}.", sentence(error)),
    };
    let finding = Finding::new(Severity::of(error), what);
    match error.kind {
        FailureKind::AccessDenied => {
            let flags: String = place.data_types.iter().map(|name| format!(" --type {name}")).collect();
            finding.advising(format!("Allow {operation} to {denied_to}: larder iam-policy{flags} prints the policy."))
        }
        FailureKind::Credentials => finding.advising(
            "Either the login has expired (aws sso login), or the account may not use the region: leave it out, or enable \
             it in the account's settings.",
        ),
        FailureKind::Throttled => finding.advising("Try again in a minute; --type and --region ask for less at once."),
        FailureKind::Timeout | FailureKind::Unavailable => {
            finding.advising("Look at the network, a proxy and AWS_ENDPOINT_URL, and at health.aws.amazon.com.")
        }
        FailureKind::Malformed | FailureKind::EndlessPages => {
            finding.advising("Try again; if it stays so, something between here and AWS changes what AWS says.")
        }
        FailureKind::Rejected { .. } => finding,
    }
}

/// What is no failure. A region without the service is only shown.
fn note(who: &str, words: &str, place: &Where, examined: &AccountExamined) -> Option<Finding> {
    let (types, regions) = (place.data_types(), place.in_regions());
    let is_everywhere = place.regions.len() == examined.regions.len();
    if words == Outcome::NotInitialized.in_words() {
        let what = format!("{who}: DRS is not initialised{regions}: there the status is NOT_INITIALIZED ({types}).");
        let advice = "Nothing to do, unless servers are to be protected there: then initialise DRS in its console, or with \
                      aws drs initialize-service --region REGION.";
        return Some(Finding::new(Severity::Note, what).advising(advice));
    }
    if words == Outcome::NotEnabled.in_words() {
        let regions = list(&place.regions, ", ");
        let what = format!("{who}: not enabled for the account, so nothing was asked there: {regions}.");
        // Beside regions that are enabled it is no failure, since accounts differ in them.
        let severity = if is_everywhere { Severity::Denied } else { Severity::Note };
        let advice = "Leave it out, or enable it: aws account enable-region --region-name REGION, or Account in the \
                      console. A region of another partition needs credentials of that partition.";
        return Some(Finding::new(severity, what).advising(advice));
    }
    None
}

/// That not every region was asked.
fn of_regions(who: &str, examined: &AccountExamined) -> Option<Finding> {
    let asked = examined.regions.iter().map(|region| region.name()).collect();
    let what = match examined.regions_from {
        RegionsFrom::Named | RegionsFrom::Usable => return None,
        RegionsFrom::Configured => format!("only {} was asked", list(&asked, ", ")),
        RegionsFrom::Unknown => "what needs a region was not asked".to_owned(),
    };
    let what = format!("{who}: which regions it may use is not known, so {what}.");
    Some(Finding::new(Severity::Note, what).advising("Name them: --region us-east-1 --region eu-west-1."))
}

fn list(names: &BTreeSet<&str>, between: &str) -> String {
    names.iter().copied().collect::<Vec<_>>().join(between)
}

fn sentence(error: &FetchError) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}
