use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// A time of AWS's in RFC 3339: `2025-11-02T12:30:00Z`. `None` where AWS doesn't say.
pub(crate) fn rfc3339(time: Option<DateTime>) -> Option<String> {
    time.and_then(|time| time.fmt(Format::DateTime).ok())
}
