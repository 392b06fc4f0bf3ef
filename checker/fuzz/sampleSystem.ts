import * as fc from 'fast-check';
import type { PropertyId } from '../../models/program/propertyId.js';
import { severityOf } from '../../properties/severityOf.js';
import type { Discovery, SearchOptions, SearchResult } from '../explore/search.js';
import { interrupted, tooManyStates } from '../explore/stopped.js';
import { findingId } from '../finding/findingId.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { StateCounter } from './stateCounter.js';
import { Walker } from './walker.js';

/** What to sample; plain data. */
export interface SampleSettings {
  /** Same seed, same runs. A 32-bit integer. */
  readonly seed: number;
  /** Schedules to try; Infinity for as many as there is time for. */
  readonly runs: number;
  /** fast-check's name for one run and its shrinking, as an earlier sample gave it: only that one is made again. */
  readonly path: string | null;
  /** Ids of findings to look past. */
  readonly known: readonly string[];
  /** Only these properties count; null for all. */
  readonly properties: readonly PropertyId[] | null;
}

/** A finding of a sample, and how to come to it again. */
export interface Sample {
  readonly id: string;
  readonly seed: number;
  /** fast-check's counterexample path. */
  readonly path: string;
  /** Findings that were looked past, in the order they were found: with others the path leads elsewhere. */
  readonly known: readonly string[];
  /** The numbers that fast-check shrank to; see `Walker`. */
  readonly numbers: readonly number[];
}

/** Steps of one run; no run of a registered scenario comes near. */
const maxMoves = 5000;

/** Runs that shrinking one finding may take; fast-check is mostly done after some hundred. */
const maxShrinking = 2000;

/** Runs that fast-check is asked for at once: it cannot be stopped before the end of them. */
const runsAtOnce = 200;

/**
 * Schedules, as lists of numbers that `Walker` reads: 0 everywhere ("go on as before"), but for some steps.
 *
 * fast-check makes, and shrinks, those steps, each with its place. With dense lists of numbers it found the same bugs after
 * as many runs, but needed ten times as many to shrink them, and left four times as many thread switches. With 64 of them
 * samples saw up to three times as many states as with 16. The numbers reach 31 forks of four threads.
 */
export const schedules: fc.Arbitrary<number[]> = fc
  .array(fc.tuple(fc.nat({ max: 255 }), fc.integer({ min: 1, max: 127 })), { maxLength: 64, size: 'max' })
  .map((deviations) => {
    const numbers = new Array<number>(Math.max(0, ...deviations.map(([step]) => step + 1))).fill(0);
    for (const [step, number] of deviations) numbers[step] = number;
    return numbers;
  });

/**
 * Samples the schedules and failures of a system with fast-check, and shrinks what breaks a property of severity violation.
 *
 * It goes on with the next seed after every 200 runs, and after a finding, which is looked past from then on, until the runs
 * or the time are used up. The result is never complete: finding nothing proves nothing. Not looked for is the order of
 * locks, which no single run shows. Deterministic for given runs; with a timeout or a stop only what is found is certain.
 */
export function sampleSystem(
  system: LinkedSystem,
  settings: SampleSettings,
  options: SearchOptions,
): { readonly result: SearchResult; readonly samples: readonly Sample[] } {
  const sampler = new Sampler(system, settings, options);
  const found = sampler.run();
  return {
    result: sampler.result(found.map(({ discovery }) => discovery)),
    samples: found.map(({ sample }) => sample),
  };
}

class Sampler {
  private readonly system: LinkedSystem;
  private readonly settings: SampleSettings;
  private readonly options: SearchOptions;
  private readonly walker: Walker;
  private readonly seen = new StateCounter();
  private readonly started: number;
  private readonly bounds = new Set<string>();
  private runs = 0;
  private moves = 0;
  private depth = 0;
  private cuts = 0;
  private stopped = '';

  constructor(system: LinkedSystem, settings: SampleSettings, options: SearchOptions) {
    this.system = system;
    this.settings = settings;
    this.options = options;
    this.started = options.now();
    this.walker = new Walker(system);
  }

  run(): { readonly sample: Sample; readonly discovery: Discovery }[] {
    const { settings } = this;
    const found: { sample: Sample; discovery: Discovery }[] = [];
    const known = [...settings.known];
    let { seed } = settings;
    do {
      const next = this.seek(seed, known);
      if (next !== null) {
        found.push(next);
        known.push(next.sample.id);
      }
      // The same seed would try the same schedules again.
      seed = (seed + 1) | 0;
    } while (settings.path === null && this.runs < settings.runs && !this.mustStop());
    return found;
  }

  result(discoveries: readonly Discovery[]): SearchResult {
    const sampled = `sampled ${this.runs} schedules with seed ${this.settings.seed}, which proves nothing about the others`;
    return {
      states: this.seen.count,
      transitions: this.moves,
      depth: this.depth,
      milliseconds: this.options.now() - this.started,
      bytes: this.seen.bytes,
      limits: [
        ...new Set([sampled, ...(this.stopped === '' ? [] : [this.stopped]), ...this.bounds, ...this.walker.limits]),
      ],
      discoveries,
      cuts: this.cuts,
      coverage: this.walker.coverage,
      unstableFields: this.walker.unstableFields,
    };
  }

  /** The first finding that is not known among the next runs, shrunk; null if there is none. */
  private seek(seed: number, known: readonly string[]): { sample: Sample; discovery: Discovery } | null {
    const { settings } = this;
    const past = new Set(known);
    // Shrinking keeps to the finding that was met first: a simpler schedule for another one is no simplification.
    let target: string | null = null;
    let shrinking = 0;
    const thrown: Error[] = [];
    const property = fc.property(schedules, (numbers) => {
      if (this.mustStop() || shrinking > maxShrinking) return true;
      if (target === null) this.runs += 1;
      else shrinking += 1;
      try {
        const ids = this.look(numbers, past).map(({ violation }) => findingId(violation));
        target ??= ids[0] ?? null;
        return target === null || !ids.includes(target);
      } catch (error) {
        // A bug of ours, which fast-check would take for a counterexample.
        thrown.push(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    });
    const numRuns = settings.path === null ? Math.min(runsAtOnce, settings.runs - this.runs) : 1;
    // A path leads to the end of a shrinking; there is nothing left to shrink.
    const path = settings.path === null ? {} : { path: settings.path, endOnFailure: true };
    const details = fc.check(property, { seed, numRuns, ...path });
    if (thrown[0]) throw thrown[0];
    if (!details.failed || details.counterexamplePath === null || target === null) return null;
    const [numbers] = details.counterexample;
    const discovery = this.look(numbers, past).find(({ violation }) => findingId(violation) === target)!;
    return {
      sample: { id: target, seed, path: details.counterexamplePath, known: [...known], numbers },
      discovery,
    };
  }

  /** The violations along a schedule that count, each with the moves that lead to it. */
  private look(numbers: readonly number[], past: ReadonlySet<string>): readonly Discovery[] {
    const { moves, violations, limit } = this.walker.walk(numbers, maxMoves, this.visit);
    this.moves += moves.length;
    this.depth = Math.max(this.depth, moves.length);
    if (limit !== '') this.bounds.add(limit);
    if (violations.some(({ violation }) => violation.ends)) this.cuts += 1;
    return violations.filter(({ violation }) => this.counts(violation.property) && !past.has(findingId(violation)));
  }

  private readonly visit = (words: Int32Array): void => {
    this.seen.add(words);
  };

  private counts(property: PropertyId): boolean {
    const { properties } = this.settings;
    return severityOf(property) === 'violation' && (properties === null || properties.includes(property));
  }

  /** Asked before every run; once true it stays true, so that fast-check comes to its end. */
  private mustStop(): boolean {
    if (this.stopped !== '') return true;
    const { options, seen } = this;
    if (options.now() - this.started > options.timeout) this.stopped = 'the time is used up';
    else if (seen.count > options.maxStates) this.stopped = tooManyStates(seen.count, options.maxStates);
    else if (this.runs % 16 === 0 && options.progress) {
      const progress = {
        states: seen.count,
        transitions: this.moves,
        frontier: 0,
        depth: this.depth,
        bytes: seen.bytes,
      };
      if (!options.progress(progress)) this.stopped = interrupted;
    }
    return this.stopped !== '';
  }
}
