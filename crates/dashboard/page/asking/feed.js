// Something that is asked for again and again, and whoever shows it.

import { problemOfFailure } from "./problem.js";

const NOTHING = { data: null, problem: null, isLoading: false, at: null };

/// What of it is known: `{ data, problem, isLoading, at, revision }`. After a failure the last good `data` stays, with the
/// problem. `revision` is another one whenever there is something else to be drawn of the data.
export class Feed {
  /// `load()` gives the data; `tellers` are the changes that make it old, as /events names them.
  constructor(name, tellers, load) {
    this.name = name;
    this.tellers = tellers;
    this.load = load;
    this.state = { ...NOTHING, revision: 0 };
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
      if (generation === this.generation) this.draw({ data, problem: null, isLoading: false, at: Date.now() });
    } catch (error) {
      // What was forgotten is given up, which is no failure.
      if (generation !== this.generation) return this.state;
      if (!(error instanceof Error) || error.name !== "Problem") console.error(error);
      this.set({ problem: problemOfFailure(error), isLoading: false });
    }
    return this.state;
  }

  /// Shows the same data once more: what is chosen of it has changed.
  showAgain() {
    this.draw({});
  }

  /// Lets go of what was known, and of the answer that is on its way: what is asked for is something else now.
  forget() {
    this.generation += 1;
    this.draw(NOTHING);
  }

  draw(change) {
    this.set({ ...change, revision: this.state.revision + 1 });
  }

  set(change) {
    this.state = { ...this.state, ...change };
    this.listeners.forEach((listener) => listener(this.state));
  }
}
