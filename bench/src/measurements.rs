use futures::future::LocalBoxFuture;

use crate::arguments::Effort;
use crate::row::Row;
use crate::{herd, history, in_process, invalidation, lambda, logs, page, replay, runtime, units};

/// Some rows of the table that are measured together.
pub(crate) struct Measurement {
    /// What is measured: unique, begins its rows, and what they are chosen by on the command line.
    pub(crate) name: &'static str,
    /// How, and what the reader has to know to believe the numbers.
    pub(crate) how: &'static str,
    pub(crate) run: fn(Effort) -> LocalBoxFuture<'static, anyhow::Result<Vec<Row>>>,
}

/// Every measurement, in the order of the table.
pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "in process: memory hit",
        how: "10,000 in a row are one sample. Larder looks at the epoch once in a coherence window (2 s) and counts every \
              hit; that is in its time. The peers do neither. They are asked by a text, hash as they do by default, and \
              give the same bytes. Larder's key is made beforehand, and its digest with it.",
        run: |effort| Box::pin(in_process::memory_hit::run(effort)),
    },
    Measurement {
        name: "in process: store hit, SQLite",
        how: "Each asks for a key that its memory lacks and another process has filled. The floor is on the same file.",
        run: |effort| Box::pin(in_process::store_hit_sqlite::run(effort)),
    },
    Measurement {
        name: "in process: store hit, DynamoDB Local",
        how: "The same in a table. The floor reads the same two items and looks at neither; Larder also decompresses the \
              value and checks its digest, identity, fence and age. That an entry was used is written down at its first \
              hit, once, and is no part of this.",
        run: |effort| Box::pin(in_process::store_hit_dynamodb::run(effort)),
    },
    Measurement {
        name: "in process: miss with lease, SQLite",
        how: "Every sample is another key; upstream takes no time. The floor is in a file of its own.",
        run: |effort| Box::pin(in_process::miss_sqlite::run(effort)),
    },
    Measurement {
        name: "in process: miss with lease, DynamoDB Local",
        how: "Every sample is another key; upstream takes no time. The floor puts items with the same attributes and the \
              same index, under keys of the same length, but compresses nothing. Larder's time is until the answer; its \
              requests are counted until none is under way.",
        run: |effort| Box::pin(in_process::miss_dynamodb::run(effort)),
    },
    Measurement {
        name: "lambda: memory hit, small answer",
        how: "The real `query-handler` and a function that does nothing but give the same bytes and headers, each with a \
              runtime API of its own: from handing out the event until the answer is in.",
        run: |effort| Box::pin(lambda::memory_hit::run(effort, lambda::SMALL, 1.5)),
    },
    Measurement {
        name: "lambda: memory hit, large answer",
        how: "The same with EC2's real instance types.",
        run: |effort| Box::pin(lambda::memory_hit::run(effort, lambda::LARGE, 1.1)),
    },
    Measurement {
        name: "lambda: store hit, DynamoDB Local",
        how: "A container that has answered once is asked for what another has filled. The bare function asks no store: \
              this is what a store hit costs, not what Larder adds to it.",
        run: |effort| Box::pin(lambda::store_hit::run(effort)),
    },
    Measurement {
        name: "lambda: miss with lease, DynamoDB Local",
        how: "AWS is a stand-in that answers at once: this is what Larder adds to AWS.",
        run: |effort| Box::pin(lambda::miss::run(effort)),
    },
    Measurement {
        name: "lambda: start",
        how: "From starting the program to its first poll of the runtime API, and its resident memory at that poll and \
              after one answer from its memory.",
        run: |effort| Box::pin(lambda::start::run(effort)),
    },
    Measurement {
        name: "lambda: zipped program",
        how: "The program alone, deflated at the usual level, as a zip holds it. By its symbols a quarter is the clients of \
              six AWS services and their runtime, a tenth each HTTP, TLS and Larder itself, and a fourteenth \
              compression; the tables that unwinding needs are a megabyte more.",
        run: |effort| Box::pin(lambda::size::run(effort)),
    },
    Measurement {
        name: "invalidation",
        how: "Everything of a data type, with so many entries of it in the table. The peer reads their keys from the index \
              and deletes them, 25 a request and 4 requests side by side. Larder's request has the same bytes whatever \
              the table holds: a run fails if not.",
        run: |effort| Box::pin(invalidation::run(effort)),
    },
    Measurement {
        name: "herd beside no lease",
        how: "64 containers are asked for the same cold key 200 times each, all at once; upstream takes 300 ms. Time is \
              until all have answered.",
        run: |effort| Box::pin(herd::beside_no_lease(effort)),
    },
    Measurement {
        name: "herd beside bentocache",
        how: "The same herd in one Node process: 64 instances with a memory layer and the DynamoDB driver, on the same \
              DynamoDB Local, after one herd that does not count.",
        run: |effort| Box::pin(herd::beside_bentocache(effort)),
    },
    Measurement {
        name: "hit ratio on real reads",
        how: "The successful reads of a recorded hour of CloudTrail, put to four containers in turn at the times that they \
              were made. TTLs without jitter, nothing is served stale or refreshed ahead. The peer's figures were worked \
              out from the records without any cache.",
        run: |effort| Box::pin(replay::run(effort)),
    },
    Measurement {
        name: "DynamoDB cost",
        how: "1,000 requests that memory has no answer to (a hit in memory costs nothing, and its look at the epoch at most \
              one read unit in 2 s and container), for 10 keys. Before each of the misses their data type was \
              invalidated, 10 keys at once. Units as DynamoDB Local reports them, at on-demand prices of us-east-1, per \
              million requests. The peer gets an entry (eventually consistent: half the price), puts it after a miss, \
              and invalidates by querying the index and deleting; it takes no lease and can't tell old from new.",
        run: |effort| Box::pin(units::run(effort)),
    },
    Measurement {
        name: "running minutes: calls in an hour",
        how: "LookupEvents in one region of one account, counted at the stand-in: an hourly run after a first one. The events \
              are those of 16 servers with another tag, and the same in both cases: calls follow them. The peer asks for \
              the events of each server by its id. Nobody waits for his turn here; of AWS, each would get two a second.",
        run: |effort| Box::pin(runtime::calls::run(effort)),
    },
    Measurement {
        name: "running minutes: reading a server's",
        how: "What is kept beside the server, by way of the reader that the HTTP API has, in DynamoDB Local. Both reads are \
              strongly consistent.",
        run: |effort| Box::pin(runtime::reading::run(effort)),
    },
    Measurement {
        name: "monthly costs by service",
        how: "Twelve months of one account, another each time, in a real PostgreSQL with fsync: 500 accounts, 20 services and \
              1,000 days are 10 million rows, beside which stand their sums by month as syncs keep them. The peer's table has \
              the same rows, analysed, and PostgreSQL may read it with several processes. Larder's figure is that of which 95 \
              of 100 answers of 1,000 are quicker; the peer is asked once a round.",
        run: |effort| Box::pin(history::monthly_costs::run(effort)),
    },
    Measurement {
        name: "sync of instances",
        how: "10,000 instances of one region with all that the data type tells of them, of which 100 are in another state each \
              time. Larder reads what it kept of all, compares, and writes in one transaction; a changed one is written as it \
              is now, and as its ended and its new version. The peer deletes all and inserts all in one transaction and as \
              few statements as the database takes, into a table with the same columns, key and index; it keeps no versions. \
              Rows are counted by triggers on SQLite, by the transaction that wrote them on PostgreSQL.",
        run: |effort| Box::pin(history::resource_sync::run(effort)),
    },
    Measurement {
        name: "first load of the page",
        how: "`larder serve --demo` with a warm cache, and a tab of Chromium that is open and whose cache is emptied before \
              each load, with no debugger at its requests: from the navigation's start until every figure stands on the \
              page. Bytes are those over the wire, compressed and with their headers, Chart.js among them, which comes \
              after the figures. The other page is none of Larder's: once it is there, it fetches the answers that the page \
              fetched, all at once.",
        run: |effort| Box::pin(page::run(effort)),
    },
    Measurement {
        name: "running minutes from logs",
        how: "A month of 10,000 servers, 200,000 events in 1,000 gzipped files as CloudTrail delivers them. All start and \
              stop times are given, so that the script gives the same minutes; it knows no bounds. Larder reads two files \
              at a time, gzip and Python one. Memory is the most that was resident.",
        run: |effort| Box::pin(logs::run(effort)),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = MEASUREMENTS.iter().map(|measurement| measurement.name).collect();
        assert_eq!(names.len(), MEASUREMENTS.len());
    }
}
