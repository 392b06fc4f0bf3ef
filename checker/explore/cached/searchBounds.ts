import { usedUp } from './memoryAllowance.js';
import type { SearchOptions, SearchProgress } from '../search.js';
import { interrupted, outOfMemory, outOfTime, tooManyStates } from '../stopped.js';

const progressInterval = 1 << 12;

/** The bounds of a search, looked at each time a state is expanded; what is met goes to `limits` as a sentence. */
export class SearchBounds {
  private readonly options: SearchOptions;
  private readonly limits: Set<string>;
  private readonly started: number;
  private expanded = 0;

  constructor(options: SearchOptions, limits: Set<string>) {
    this.options = options;
    this.limits = limits;
    this.started = options.now();
  }

  /** Whether `allow` has just looked at the clock, which it does now and then. */
  get hasLooked(): boolean {
    return this.expanded % progressInterval === 0;
  }

  get milliseconds(): number {
    return this.options.now() - this.started;
  }

  /** Whether the search may expand another state; `states` is how many it has, `progress` tells the rest now and then. */
  allow(states: number, progress: () => SearchProgress): boolean {
    const { options } = this;
    if (states > options.maxStates) return this.stop(tooManyStates(states, options.maxStates));
    this.expanded += 1;
    if (!this.hasLooked) return true;
    if (this.milliseconds > options.timeout) return this.stop(outOfTime(options.timeout));
    const { bytes } = progress();
    if (bytes > (options.memory ?? Infinity)) return this.outOfMemory(states, usedUp(options.memory!));
    return !options.progress || options.progress(progress()) || this.stop(interrupted);
  }

  /** The search ends for lack of memory: `reason` says whose. */
  outOfMemory(states: number, reason: string): false {
    return this.stop(outOfMemory(states, reason));
  }

  private stop(reason: string): false {
    this.limits.add(reason);
    return false;
  }
}
