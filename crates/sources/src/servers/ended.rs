use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// The time in a `StateTransitionReason`, in seconds since 1970-01-01 UTC: `User initiated (2025-11-02 12:30:00 GMT)`.
/// `None` for a reason without one.
pub(crate) fn ended(reason: &str) -> Option<i64> {
    let (_, in_brackets) = reason.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let [day, time, "GMT" | "UTC"] = in_brackets.split_whitespace().collect::<Vec<_>>()[..] else { return None };
    let time = DateTime::from_str(&format!("{day}T{time}Z"), Format::DateTime);
    time.ok().map(|time| time.secs())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("User initiated (2025-11-02 12:30:00 GMT)", Some(1_762_086_600))]
    #[case("Service initiated (2016-07-23 20:51:16 GMT)", Some(1_469_307_076))]
    #[case("User initiated (2025-11-02 12:30:00 UTC) ", Some(1_762_086_600))]
    #[case("User initiated (first) (2025-11-02 12:30:00 GMT)", Some(1_762_086_600))]
    #[case("", None)]
    #[case("User initiated shutdown", None)]
    #[case("Server.SpotInstanceTermination: Spot instance termination", None)]
    #[case("User initiated (2025-11-02 12:30:00)", None)]
    #[case("User initiated (2025-11-02 12:30:00 CET)", None)]
    #[case("User initiated (2025-11-02 GMT)", None)]
    #[case("User initiated (2025-13-02 12:30:00 GMT)", None)]
    #[case("User initiated 2025-11-02 12:30:00 GMT)", None)]
    #[case("(soon GMT)", None)]
    fn a_reason_may_have_a_time(#[case] reason: &str, #[case] time: Option<i64>) {
        assert_eq!(ended(reason), time);
    }
}
