import { describe, expect, it } from 'vitest';
import type { Job } from '../checker/check.js';
import { failedRun } from '../checker/parallel/runJob.js';
import { defaultOptions } from '../checker/system/linkedSystem.js';
import { exampleRevision, exampleScenario } from '../checker/testing/exampleSystem.js';
import { progressLine } from './progress.js';

const job: Job = { revision: exampleRevision('bare'), scenario: exampleScenario, options: defaultOptions };
const search = { states: 12_345, transitions: 20_000, frontier: 678, depth: 9, bytes: 2_000_000 };

/** A stream that remembers; a terminal if `columns` are given. */
function stream(columns?: number) {
  const written: string[] = [];
  const fake = { isTTY: columns !== undefined, columns, write: (text: string) => written.push(text) > 0 };
  // As much of a stream as a progress line uses.
  return { written, stream: fake as unknown as NodeJS.WritableStream };
}

describe('a progress line', () => {
  it('tells a person what is searched, how far and how fast', () => {
    let clock = 0;
    const terminal = stream(200);
    const line = progressLine(terminal.stream, () => clock);
    line.onProgress({ kind: 'started', job, jobs: 3 });
    clock = 1000;
    line.onProgress({ kind: 'progress', job, jobs: 3, progress: search });
    expect(terminal.written.at(-1)).toBe(
      '\r\u001b[2K0 of 3 searches done; example-use-remove on example-bare: 12,345 states, 12,345/s, depth 9, frontier 678, 2 MB',
    );
  });

  it('counts what is asked for while it goes on', () => {
    const terminal = stream(200);
    let clock = 0;
    const line = progressLine(terminal.stream, () => (clock += 1000));
    const result = { run: failedRun(exampleScenario, 'a test'), samples: [] };
    line.onProgress({ kind: 'started', job, jobs: 1 });
    line.onProgress({ kind: 'finished', job, jobs: 1, result });
    line.onProgress({ kind: 'started', job, jobs: 3 });
    expect(terminal.written.at(-1)).toContain('1 of 3 searches done; example');
  });

  it('guesses when it ends only where the frontier shrinks, from how fast states are expanded', () => {
    let clock = 0;
    const terminal = stream(200);
    const line = progressLine(terminal.stream, () => clock);
    line.onProgress({ kind: 'started', job, jobs: 1 });
    clock = 2000;
    line.onProgress({ kind: 'progress', job, jobs: 1, progress: { ...search, states: 3000, frontier: 1000 } });
    expect(terminal.written.at(-1)).not.toContain('left');
    clock = 4000;
    const shrinking = { ...search, states: 5000, frontier: 1000, remaining: 20_000 };
    line.onProgress({ kind: 'progress', job, jobs: 1, progress: shrinking });
    expect(terminal.written.at(-1)).toContain('frontier 1,000, 2 MB, frontier shrinking, about 20 s left');
  });

  it('tells how fast the search is now, not how fast it was', () => {
    let clock = 0;
    const terminal = stream(200);
    const line = progressLine(terminal.stream, () => clock);
    line.onProgress({ kind: 'started', job, jobs: 1 });
    // A search that is gone on with has most of its states from the start.
    for (clock = 1000; clock <= 12_000; clock += 1000)
      line.onProgress({ kind: 'progress', job, jobs: 1, progress: { ...search, states: 1_000_000 + clock } });
    expect(terminal.written.at(-1)).toContain(' 1,000/s,');
  });

  it('prints what the user should read, also where nobody looks at a line', () => {
    const file = stream();
    const line = progressLine(file.stream, () => 0);
    line.onProgress({ kind: 'started', job, jobs: 1 });
    line.onProgress({ kind: 'progress', job, jobs: 1, progress: { ...search, remark: 'no room; the search goes on' } });
    expect(file.written).toEqual(['interleaf: no room; the search goes on\n']);
  });

  it('is written ten times a second at most, and fits the terminal', () => {
    let clock = 0;
    const terminal = stream(40);
    const line = progressLine(terminal.stream, () => clock);
    line.onProgress({ kind: 'started', job, jobs: 3 });
    for (clock = 1; clock <= 250; clock += 1) line.onProgress({ kind: 'progress', job, jobs: 1, progress: search });
    expect(terminal.written).toHaveLength(3);
    for (const text of terminal.written) expect(text.replace('\r\u001b[2K', '').length).toBeLessThan(40);
  });

  it('is taken away in the end', () => {
    const terminal = stream(80);
    progressLine(terminal.stream, () => 0).clear();
    expect(terminal.written).toEqual(['\r\u001b[2K']);
  });

  it('says nothing where nobody looks', () => {
    const file = stream();
    const line = progressLine(file.stream, () => 0);
    line.onProgress({ kind: 'started', job, jobs: 1 });
    line.clear();
    expect(file.written).toEqual([]);
  });
});
