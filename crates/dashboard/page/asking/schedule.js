// When feeds are asked for again: every five minutes, later where that fails, not while nobody looks.

const PERIOD = 5 * 60_000;
/// Pages that were opened together (after a power cut, say) drift apart by so much.
const JITTER = 0.1;
const FIRST_BACKOFF = 10_000;
const UNCONFIGURED = 60 * 60_000;
/// What is due within this of another is asked for together with it.
const TOGETHER = 5_000;
/// Changes that are told come in bursts, and each is worth one round at most in so long.
const LEAST_BETWEEN = 5_000;

export class Schedule {
  constructor(feeds) {
    this.plans = new Map(feeds.map((feed) => [feed, { due: 0, failures: 0, began: 0, round: 0, isAsking: false, isOldAlready: false }]));
    this.timer = null;
    this.isPaused = true;
    this.listeners = new Set();
    this.rounds = 0;
    this.lastRound = null;
    this.running = 0;
    document.addEventListener("visibilitychange", () => this.look());
    // The browser may keep the whole page while one goes elsewhere and back, and its timers stand still meanwhile.
    addEventListener("pageshow", () => this.look());
  }

  /// Calls `listener()` when a round begins or ends.
  onRound(listener) {
    this.listeners.add(listener);
  }

  /// Asks for everything, and from now on again for what is due.
  async start() {
    this.isPaused = false;
    await this.now();
  }

  /// Asks for nothing until it is started again.
  pause() {
    this.isPaused = true;
    clearTimeout(this.timer);
  }

  /// When the next round begins, in milliseconds.
  get next() {
    return Math.min(...[...this.plans.values()].map((plan) => plan.due));
  }

  /// Asks for these now, or for all; for nothing while it is paused, when nobody is logged in.
  async now(feeds = [...this.plans.keys()]) {
    clearTimeout(this.timer);
    if (!this.isPaused) await this.round(feeds);
  }

  /// Asks for these soon: something that they show has changed.
  soon(feeds) {
    const now = Date.now();
    for (const feed of feeds) {
      const plan = this.plans.get(feed);
      // An answer that is on its way may be from before the change, and is not due before it has come.
      if (plan.isAsking) plan.isOldAlready = true;
      // What fails is tried again when the server said, whatever has changed.
      else if (plan.failures === 0) plan.due = Math.min(plan.due, Math.max(now, plan.began + LEAST_BETWEEN));
    }
    this.look();
  }

  look() {
    clearTimeout(this.timer);
    if (this.isPaused || document.hidden) return;
    const now = Date.now();
    const due = [...this.plans].filter(([, plan]) => plan.due <= now + TOGETHER).map(([feed]) => feed);
    if (this.next <= now && due.length > 0) {
      this.round(due);
    } else if (this.next < Infinity) {
      this.timer = setTimeout(() => this.look(), this.next - now);
    }
  }

  async round(feeds) {
    this.running += 1;
    const round = ++this.rounds;
    const jitter = 1 + JITTER * (2 * Math.random() - 1);
    this.lastRound = Date.now();
    feeds.forEach((feed) => this.begin(this.plans.get(feed), round));
    this.tell();
    await Promise.all(feeds.map(async (feed) => {
      const { problem } = await feed.refresh();
      // It may have been asked for once more meanwhile, and only that answer counts.
      if (this.plans.get(feed).round === round) this.plan(this.plans.get(feed), problem, jitter);
    }));
    this.running -= 1;
    this.tell();
    this.look();
  }

  /// Until it has answered it is not due; what changed before is in an answer to a question that is put now.
  begin(plan, round) {
    Object.assign(plan, { due: Infinity, began: this.lastRound, round, isAsking: true, isOldAlready: false });
  }

  plan(plan, problem, jitter) {
    plan.failures = problem ? plan.failures + 1 : 0;
    const isDueSoon = plan.isOldAlready && !problem;
    plan.due = Date.now() + (isDueSoon ? LEAST_BETWEEN : pauseAfter(problem, plan.failures) * jitter);
    Object.assign(plan, { isAsking: false, isOldAlready: false });
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }
}

function pauseAfter(problem, failures) {
  if (!problem) return PERIOD;
  if (problem.isNotConfigured) return UNCONFIGURED;
  const backoff = Math.min(PERIOD, FIRST_BACKOFF * 2 ** (failures - 1));
  // The jitter must not shorten what the server asked for.
  return Math.max(backoff, problem.retryAfterMs / (1 - JITTER));
}
