use larder_cache::{LatencyReport, LayerReport, RequestsReport, TypeReport};

/// What a data type's counters counted between two reports. The percentiles stay those of all time.
pub(super) fn since(now: &TypeReport, before: &TypeReport) -> TypeReport {
    TypeReport {
        requests: RequestsReport {
            memory: now.requests.memory.saturating_sub(before.requests.memory),
            store: now.requests.store.saturating_sub(before.requests.store),
            missed: now.requests.missed.saturating_sub(before.requests.missed),
            latency_micros: latency(&now.requests.latency_micros, &before.requests.latency_micros),
        },
        memory: layer(&now.memory, &before.memory),
        store: layer(&now.store, &before.store),
        upstream: layer(&now.upstream, &before.upstream),
        read_units: now.read_units - before.read_units,
        write_units: now.write_units - before.write_units,
    }
}

fn layer(now: &LayerReport, before: &LayerReport) -> LayerReport {
    LayerReport {
        hits: now.hits.saturating_sub(before.hits),
        misses: now.misses.saturating_sub(before.misses),
        stale: now.stale.saturating_sub(before.stale),
        errors: now.errors.saturating_sub(before.errors),
        bytes: now.bytes.saturating_sub(before.bytes),
        latency_micros: latency(&now.latency_micros, &before.latency_micros),
    }
}

fn latency(now: &LatencyReport, before: &LatencyReport) -> LatencyReport {
    let (count, total) = (now.count.saturating_sub(before.count), now.total.saturating_sub(before.total));
    LatencyReport { count, total, ..now.clone() }
}
