use super::Amount;

/// A service that is charged for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// As Cost Explorer calls it.
    pub(super) name: &'static str,
    /// What the first account uses of it on a working day.
    pub(super) daily: Amount,
    /// How much of that it is on a Saturday or Sunday, in percent.
    pub(super) weekend: i128,
    /// What is charged for the whole month on its first day, whatever is used.
    pub(super) monthly: Amount,
    /// What of [`Self::monthly`] is paid ahead.
    pub(super) ahead: Ahead,
    /// In how many of the fleet's accounts it is used: the first ones.
    pub(super) accounts: usize,
}

/// Whether what is charged on the first of a month is for its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// It is spread over them when it is amortised, as for what is reserved.
    Spread,
    /// It is not.
    Not,
}

const fn service(name: &'static str, cents: i128, weekend: i128) -> Service {
    Service {
        name,
        daily: Amount::cents(cents),
        weekend,
        monthly: Amount::cents(0),
        ahead: Ahead::Not,
        accounts: usize::MAX,
    }
}

const fn charged_monthly(service: Service, cents: i128, ahead: Ahead) -> Service {
    Service { monthly: Amount::cents(cents), ahead, ..service }
}

/// By name.
pub(super) static SERVICES: [Service; 13] = [
    service("AWS Cost Explorer", 6, 100),
    Service { accounts: 1, ..service("AWS Elastic Disaster Recovery", 2_180, 100) },
    service("AWS Key Management Service", 41, 90),
    service("AWS Lambda", 173, 45),
    charged_monthly(service("AWS Support (Business)", 0, 100), 41_250, Ahead::Not),
    service("Amazon CloudFront", 912, 140),
    service("Amazon DynamoDB", 388, 80),
    service("Amazon Elastic Compute Cloud - Compute", 14_730, 62),
    charged_monthly(service("Amazon Relational Database Service", 6_240, 88), 52_560, Ahead::Spread),
    charged_monthly(service("Amazon Route 53", 3, 100), 1_150, Ahead::Not),
    service("Amazon Simple Storage Service", 1_964, 97),
    service("AmazonCloudWatch", 655, 85),
    service("EC2 - Other", 4_410, 91),
];

/// Those of which one costs much more in each month.
pub(super) const JUMPING: [&str; 6] = [
    "AWS Lambda",
    "Amazon CloudFront",
    "Amazon DynamoDB",
    "Amazon Simple Storage Service",
    "AmazonCloudWatch",
    "EC2 - Other",
];
