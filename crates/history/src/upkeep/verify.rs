use futures::TryStreamExt;

use super::Finding;
use crate::HistoryError;
use crate::digest::{canonical, digest};
use crate::engine::Engine;
use crate::read::attributes;
use crate::sql::Statement;
use crate::store::STILL;

/// A statement that finds nothing, unless something is wrong: it names the rows of the table.
struct Check {
    table: &'static str,
    wrong: &'static str,
    rows: &'static str,
}

/// `$1` is the end of a version that has none.
const CHECKS: [Check; 7] = [
    Check {
        table: "resources",
        wrong: "is not as its last version is",
        rows: "SELECT r.account_id || '/' || r.region || '/' || r.resource_id FROM resources r
            LEFT JOIN resource_versions v ON v.account_id = r.account_id AND v.kind = r.kind AND v.region = r.region
                AND v.resource_id = r.resource_id AND v.valid_from = r.since
            WHERE v.digest IS DISTINCT FROM r.digest OR v.attributes IS DISTINCT FROM r.attributes
                OR v.state IS DISTINCT FROM r.state OR v.valid_to IS DISTINCT FROM COALESCE(r.gone_at, $1)",
    },
    Check {
        table: "resources",
        wrong: "was kept by no sync that is known",
        rows: "SELECT r.account_id || '/' || r.region || '/' || r.resource_id FROM resources r
            LEFT JOIN sync_state s ON s.account_id = r.account_id AND s.what = r.kind AND s.region = r.region
            WHERE s.as_of IS NULL OR s.as_of < r.since OR s.as_of < r.gone_at OR r.since > $1",
    },
    Check {
        table: "resource_versions",
        wrong: "overlaps the version before it",
        rows: "SELECT v.account_id || '/' || v.region || '/' || v.resource_id FROM (
                SELECT account_id, region, resource_id, valid_from, valid_to, lag(valid_to) OVER (
                    PARTITION BY account_id, kind, region, resource_id ORDER BY valid_from) AS before
                FROM resource_versions) AS v
            WHERE v.before > v.valid_from OR v.valid_to > $1",
    },
    Check {
        table: "resource_versions",
        wrong: "is current, or later than the current one, and its resource does not say so",
        rows: "SELECT v.account_id || '/' || v.region || '/' || v.resource_id FROM resource_versions v
            LEFT JOIN resources r ON v.account_id = r.account_id AND v.kind = r.kind AND v.region = r.region
                AND v.resource_id = r.resource_id
            WHERE r.resource_id IS NULL OR v.valid_from > r.since OR (v.valid_to = $1 AND r.gone_at IS NOT NULL)",
    },
    Check {
        table: "cost_month",
        wrong: "is not the sum of the month's days",
        rows: "SELECT COALESCE(m.account_id, d.account_id) || '/' || COALESCE(m.month, d.month) || '/'
                || COALESCE(m.service, d.service) FROM cost_month m
            FULL JOIN (
                SELECT account_id, {month_of day} AS month, service, currency, {sum unblended}, {sum amortised}
                FROM cost_data GROUP BY account_id, {month_of day}, service, currency) AS d
            ON d.account_id = m.account_id AND d.month = m.month AND d.service = m.service
                AND d.currency = m.currency
            WHERE m.account_id IS NULL OR d.account_id IS NULL OR NOT ({same unblended} AND {same amortised})",
    },
    Check {
        table: "cost_data",
        wrong: "is on a day that no sync asked for",
        rows: "SELECT c.account_id || '/' || c.day || '/' || c.service FROM cost_data c
            WHERE NOT EXISTS (SELECT 1 FROM cost_spans s
                WHERE s.account_id = c.account_id AND s.from_day <= c.day AND s.to_day > c.day)",
    },
    Check {
        table: "cost_spans",
        wrong: "overlaps or touches the one before it",
        rows: "SELECT s.account_id || '/' || s.from_day FROM cost_spans s
            JOIN cost_spans o ON o.account_id = s.account_id AND o.from_day < s.from_day AND o.to_day >= s.from_day",
    },
];

const VERSIONS: &str = "SELECT account_id, region, resource_id, digest, attributes FROM resource_versions
    ORDER BY account_id, kind, region, resource_id, valid_from";

pub(crate) async fn verify(engine: &impl Engine) -> Result<Vec<Finding>, HistoryError> {
    let mut findings = engine.damage().await?;
    for Check { table, wrong, rows } in &CHECKS {
        let statement = Statement::new(engine.dialect(), rows);
        let statement = if rows.contains("$1") { statement.bind(STILL) } else { statement };
        for row in engine.ask_at_length(statement).await? {
            let which: String = row.reader().take()?;
            findings.push(Finding { table: (*table).to_owned(), what: format!("{which} {wrong}") });
        }
    }
    findings.extend(altered(engine).await?);
    Ok(findings)
}

/// The versions whose attributes are not those that were written.
async fn altered(engine: &impl Engine) -> Result<Vec<Finding>, HistoryError> {
    let mut findings = Vec::new();
    let mut versions = engine.ask_row_by_row(Statement::new(engine.dialect(), VERSIONS));
    while let Some(row) = versions.try_next().await? {
        let mut row = row.reader();
        let (account, region, id) = (row.take::<String>()?, row.take::<String>()?, row.take::<String>()?);
        let written: String = row.take()?;
        let kept = attributes(row.take()?).ok().and_then(|kept| canonical(&kept).ok());
        if kept.is_none_or(|kept| digest(&kept) != written) {
            let what = format!("{account}/{region}/{id} has attributes that no sync told");
            findings.push(Finding { table: "resource_versions".to_owned(), what });
        }
    }
    Ok(findings)
}
