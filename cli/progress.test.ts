import { describe, expect, it } from 'vitest';
import type { Job } from '../checker/check.js';
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
    line.onProgress({ kind: 'progress', job, progress: search });
    expect(terminal.written.at(-1)).toBe(
      '\r\u001b[2K0 of 3 searches done; example-use-remove on example-bare: 12,345 states, 12,345/s, frontier 678, 2 MB',
    );
  });

  it('is written ten times a second at most, and fits the terminal', () => {
    let clock = 0;
    const terminal = stream(40);
    const line = progressLine(terminal.stream, () => clock);
    line.onProgress({ kind: 'started', job, jobs: 3 });
    for (clock = 1; clock <= 250; clock += 1) line.onProgress({ kind: 'progress', job, progress: search });
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
