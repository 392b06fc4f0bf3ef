import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revisionById } from '../../../models/revisions/index.js';
import { scenarioById } from '../../../models/scenarios/index.js';
import { resolveRevision } from '../../resolveRevision.js';
import { link } from '../../system/link.js';
import { anyGeneratedSystem, generatedOf, linkGenerated } from '../../testing/generatedSystem.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import type { SearchOptions, SearchProgress, SearchResult } from '../search.js';
import { cachedBreadthFirst } from './cachedBreadthFirst.js';
import { CheckpointError } from './checkpointFile.js';
import { storeNames } from './visitedStates.js';

const linked = (revision: string, scenario: string) =>
  link(resolveRevision(revisionById(revision)!, revisionById), scenarioById(scenario)!);
const system = linked('v4', 'allocate-close');
const unlimited = { maxStates: Infinity, timeout: Infinity, now: () => 0 };
const never = Infinity;

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleaf-checkpoint-'));
  file = join(folder, 'search');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A result without what depends on how much was allocated, and when. */
const essence = ({ bytes: _bytes, milliseconds: _milliseconds, ...result }: SearchResult) => result;

/** Searches in pieces, each of at most so many states more, from checkpoint to checkpoint. */
function inPieces(of: LinkedSystem, states: number, options: Partial<SearchOptions>): SearchResult {
  let resume = {};
  for (let maxStates = states; ; maxStates += states) {
    const result = cachedBreadthFirst(of, {
      ...unlimited,
      ...options,
      maxStates,
      checkpoint: { file, interval: never, ...resume },
    });
    if (!result.limits.some((limit) => limit.includes('--max-states'))) return result;
    expect(result.limits[0]).toContain(`--resume ${file} goes on`);
    resume = { resume: file };
  }
}

describe('a search that is stopped and gone on with gives what it gives in one go', () => {
  const modes = storeNames.flatMap((store) => [
    { store, reduction: true },
    { store, reduction: false },
    { store, reduction: true, transactions: true },
    { store, reduction: true, ownership: true, transactions: true, symmetry: true },
  ]);

  it.each(modes)('$store, reduction $reduction, transactions $transactions, symmetry $symmetry', (options) => {
    const whole = cachedBreadthFirst(system, { ...unlimited, ...options });
    const pieces = inPieces(system, Math.ceil(whole.states / 6), options);
    expect(essence(pieces)).toEqual(essence(whole));
  });

  it('in generated systems, stopped at any state', () => {
    fc.assert(
      fc.property(anyGeneratedSystem, fc.integer({ min: 1, max: 400 }), (generated, states) => {
        rmSync(file, { force: true });
        const one = linkGenerated(generated);
        const whole = cachedBreadthFirst(one, { ...unlimited, maxStates: 4000 });
        if (whole.limits.length > 0) return;
        const pieces = inPieces(one, Math.max(states, Math.ceil(whole.states / 5)), {});
        expect(essence(pieces)).toEqual(essence(whole));
      }),
      { numRuns: 25, seed: 11 },
    );
  }, 120_000);

  it('stopped before and after objects were moved to other slots', () => {
    const one = linkGenerated(generatedOf(['fill the slot with one of two'], ['use the slot']));
    const options = { reduction: false, symmetry: true };
    const whole = cachedBreadthFirst(one, { ...unlimited, ...options });
    expect(JSON.stringify(whole.reductions)).toContain('told apart by the pointers to them only');
    for (let states = 10; states < whole.states; states += 10) {
      rmSync(file, { force: true });
      expect(essence(inPieces(one, states, options))).toEqual(essence(whole));
    }
  });

  it('stopped by the user, the clock or a limit of memory', () => {
    const options = { reduction: false };
    const whole = cachedBreadthFirst(system, { ...unlimited, ...options });
    const poor = cachedBreadthFirst(system, {
      ...unlimited,
      ...options,
      memory: 0.7 * whole.bytes,
      checkpoint: { file, interval: never },
    });
    expect(poor.limits).toEqual([expect.stringMatching(/--memory\); --resume .* goes on$/)]);
    expect(poor.states).toBeLessThan(whole.states);
    const resumed = { ...unlimited, ...options, checkpoint: { file, interval: never, resume: file } };
    const interrupted = cachedBreadthFirst(system, { ...resumed, progress: () => false });
    expect(interrupted.limits).toEqual([`interrupted; --resume ${file} goes on`]);
    let clock = 0;
    const late = cachedBreadthFirst(system, { ...resumed, now: () => (clock += 2000), timeout: 1000 });
    expect(late.limits).toEqual([`stopped after 1 s (--timeout); --resume ${file} goes on`]);
    const end = cachedBreadthFirst(system, {
      ...unlimited,
      ...options,
      checkpoint: { file, interval: never, resume: file },
    });
    expect(essence(end)).toEqual(essence(whole));
  });

  it('without room in the middle of a batch, wherever that is', () => {
    const options = { reduction: false };
    const whole = cachedBreadthFirst(system, { ...unlimited, ...options });
    for (const share of [0.4, 0.56, 0.57, 0.58, 0.59, 0.9]) {
      const checkpoint = { file, interval: never };
      const poor = cachedBreadthFirst(system, { ...unlimited, ...options, memory: share * whole.bytes, checkpoint });
      expect(poor.limits).toEqual([expect.stringContaining('--memory')]);
      // The numbers are those of whole batches.
      const { states, transitions, cuts } = cachedBreadthFirst(system, {
        ...unlimited,
        ...options,
        progress: () => false,
        checkpoint: { ...checkpoint, resume: file },
      });
      expect({ states, transitions, cuts }).toEqual({
        states: poor.states,
        transitions: poor.transitions,
        cuts: poor.cuts,
      });
      const end = cachedBreadthFirst(system, { ...unlimited, ...options, checkpoint: { ...checkpoint, resume: file } });
      expect(essence(end), `${share}`).toEqual(essence(whole));
    }
  }, 120_000);

  it('from a checkpoint that was written on the way', () => {
    const options = { reduction: false };
    const whole = cachedBreadthFirst(system, { ...unlimited, ...options });
    let clock = 0;
    let calls = 0;
    // Due each time; what is on the disk when the process ends is the last one, not where the search stood.
    cachedBreadthFirst(system, {
      ...unlimited,
      ...options,
      now: () => (clock += 1),
      progress: () => {
        calls += 1;
        if (calls === 2) writeFileSync(`${file}.kept`, readFileSync(file));
        return true;
      },
      checkpoint: { file, interval: 1 },
    });
    const checkpoint = { file, interval: never, resume: `${file}.kept` };
    expect(essence(cachedBreadthFirst(system, { ...unlimited, ...options, checkpoint }))).toEqual(essence(whole));
  });
});

describe('a checkpoint', () => {
  /** Writes one in the middle of the search. */
  const write = (options: Partial<SearchOptions> = {}) =>
    cachedBreadthFirst(system, { ...unlimited, ...options, maxStates: 900, checkpoint: { file, interval: never } });
  const resume = (of: LinkedSystem = system, options: Partial<SearchOptions> = {}) =>
    cachedBreadthFirst(of, { ...unlimited, ...options, checkpoint: { file, interval: never, resume: file } });
  const error = (action: () => unknown): CheckpointError => {
    try {
      action();
    } catch (thrown) {
      if (thrown instanceof CheckpointError) return thrown;
      throw thrown;
    }
    throw new Error('nothing was thrown');
  };

  it('is refused when it ends anywhere before its end', () => {
    write();
    const { length } = readFileSync(file);
    const whole = readFileSync(file);
    for (const size of [
      0,
      1,
      10,
      22,
      23,
      25,
      26,
      27,
      60,
      1000,
      length >> 1,
      length - 33,
      length - 32,
      length - 31,
      length - 1,
    ]) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      expect(error(resume).message, `${size} bytes`).toMatch(/is no checkpoint of this version|is damaged/);
    }
    writeFileSync(file, Buffer.concat([whole, Buffer.of(0)]));
    expect(error(resume).message).toContain('is damaged');
  });

  it('is refused when a single bit is another one', () => {
    write();
    const whole = readFileSync(file);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length * 8 - 1 }), (bit) => {
        const flipped = Buffer.from(whole);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(file, flipped);
        expect(error(resume).message).toMatch(/is no checkpoint of this version|is damaged/);
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  it('is refused by a search that is another one, with what is different', () => {
    write();
    const base = error(() => resume(linked('v6.12', 'allocate-close')));
    expect(base.message).toContain('a search of v4, not of v6.12');
    expect(error(() => resume(linked('v4', 'shm-close'))).message).toContain(
      'scenario allocate-close, not of shm-close',
    );
    expect(error(() => resume(system, { reduction: false })).message).toContain('--reduce accesses, and not');
    expect(error(() => resume(system, { store: 'compressed' })).message).toContain('--store exact');
    const faulty = link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!, {
      faults: 1,
      forcedOutcomes: [],
      assumeFixed: [],
    });
    expect(error(() => resume(faulty)).message).toContain('with other options');
    expect(base.next).toContain('without --resume');
  });

  it('is refused where there is none', () => {
    expect(error(resume).message).toContain('cannot be read');
    writeFileSync(file, 'something else altogether, and long enough to be one');
    expect(error(resume).message).toContain('is no checkpoint');
  });

  it('that cannot be written stops nothing, is told once, and leaves the old one', () => {
    write();
    const old = readFileSync(file);
    const told: SearchProgress[] = [];
    let clock = 0;
    const search = (at: string) =>
      cachedBreadthFirst(system, {
        ...unlimited,
        reduction: false,
        now: () => (clock += 1),
        progress: (progress) => told.push(progress) > 0,
        checkpoint: { file: at, interval: 1 },
      });
    const result = search(join(folder, 'nowhere', 'search'));
    expect(result.limits).toEqual([]);
    expect(told.length).toBeGreaterThan(2);
    expect(told.filter(({ remark }) => remark !== undefined)).toHaveLength(1);
    expect(told.find(({ remark }) => remark !== undefined)!.remark).toMatch(
      /cannot be written: .*; the search goes on$/,
    );
    expect(readFileSync(file).equals(old)).toBe(true);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it.runIf(existsSync('/dev/full'))('is kept as it was when the disk is full while the next one is written', () => {
    write();
    const old = readFileSync(file);
    symlinkSync('/dev/full', `${file}.part`);
    const { limits } = cachedBreadthFirst(system, {
      ...unlimited,
      maxStates: 1500,
      checkpoint: { file, interval: never, resume: file },
    });
    expect(limits).toEqual([expect.stringMatching(/^stopped after .*; .* cannot be written: ENOSPC/)]);
    expect(readFileSync(file).equals(old)).toBe(true);
    expect(existsSync(`${file}.part`)).toBe(false);
    expect(essence(resume())).toEqual(essence(cachedBreadthFirst(system, unlimited)));
  });

  it('leaves nothing beside it', () => {
    write();
    expect(existsSync(`${file}.part`)).toBe(false);
  });
});
