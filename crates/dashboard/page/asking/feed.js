// Something that is asked for again and again, and whoever shows it.

import { problemOfFailure } from "./problem.js";

/// What of it is known: `{ data, problem, isLoading, at }`. After a failure the last good `data` stays, with the problem.
export class Feed {
  /// `load()` gives the data; `tellers` are the changes that make it old, as /events names them.
  constructor(name, tellers, load) {
    this.name = name;
    this.tellers = tellers;
    this.load = load;
    this.state = { data: null, problem: null, isLoading: false, at: null };
    this.listeners = new Set();
    this.generation = 0;
  }

  /// Calls `listener(state)` now and whenever it changes.
  onChange(listener) {
    this.listeners.add(listener);
    listener(this.state);
  }

  /// Asks again. An answer that comes after a later question was put is left alone.
  async refresh() {
    const generation = ++this.generation;
    this.set({ isLoading: true });
    try {
      const data = await this.load();
      if (generation === this.generation) this.set({ data, problem: null, isLoading: false, at: Date.now() });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "Problem") console.error(error);
      if (generation === this.generation) this.set({ problem: problemOfFailure(error), isLoading: false });
    }
    return this.state;
  }

  /// Shows the same data once more: what is chosen of it has changed.
  showAgain() {
    this.set({});
  }

  /// Lets go of what was known: what is asked for is something else now.
  forget() {
    this.set({ data: null, problem: null });
  }

  set(change) {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener(this.state));
  }
}
