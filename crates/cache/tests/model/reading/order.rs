use super::state::{Container, Landed, Phase, Stage, Start, State};

impl State {
    /// Dates what begins now in container `c`: after everything that has begun there.
    pub(crate) fn start(&mut self, c: usize) -> Start {
        let mut latest = 0;
        self.each_start(c, |start| latest = latest.max(start.sequence));
        Start { sequence: latest + 1, at: self.now }
    }

    /// Numbers what has begun in each container anew, densely: only the order is of meaning, and runs that differ in
    /// nothing else are one.
    pub(crate) fn renumber(&mut self) {
        for c in 0..self.containers.len() {
            let mut present = 0_u32;
            self.each_start(c, |start| present |= 1 << start.sequence);
            self.each_start(c, |start| start.sequence = (present & ((1 << start.sequence) - 1)).count_ones() as u8);
        }
    }

    fn each_start(&mut self, c: usize, mut visit: impl FnMut(&mut Start)) {
        let Container { newest, look_read, flight, requests, .. } = &mut self.containers[c];
        newest.iter_mut().for_each(|look| visit(&mut look.sent));
        look_read.iter_mut().for_each(|read| visit(&mut read.sent));
        if let Some(flight) = flight {
            match &mut flight.phase {
                Phase::Reading { sent: start, .. }
                | Phase::Fetching { began: start, .. }
                | Phase::Writing { began: start, .. } => visit(start),
            }
        }
        for request in requests.iter_mut().filter(|request| !matches!(request.stage, Stage::Unborn | Stage::Over)) {
            visit(&mut request.start);
            if let Stage::Offered(Landed::Entry(_, Some(began)) | Landed::Failure(began)) = &mut request.stage {
                visit(began);
            }
        }
    }
}
