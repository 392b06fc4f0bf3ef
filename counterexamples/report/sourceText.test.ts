import { describe, expect, it } from 'vitest';
import type { PatchSummary, SourceReport } from '../../checker/finding/sourceReport.js';
import { changedLinesText, incompleteText, liftingSentences, sourceText } from './sourceText.js';

const hunk = { path: 'f.c', hunk: 1, input: 'v2.mbox', inputLine: 30, applied: true, whitespace: false, message: null };
const patch: PatchSummary = {
  kind: 'patches',
  inputs: ['v2.mbox'],
  version: 2,
  patches: [
    {
      input: 'v2.mbox',
      subject: 'f: do it',
      author: 'A',
      number: 1,
      total: 4,
      droppedLines: Array.from({ length: 7 }, (_, index) => ({ line: 40 + index, text: `> remark ${index}` })),
    },
  ],
  missing: [2, 3, 4],
  baseCommit: 'c0ffee',
  files: [
    { path: 'f.c', change: 'changed', base: 'same' },
    { path: 'g.c', change: 'failed', base: 'differs' },
    { path: 'h.c', change: 'created', base: 'unknown' },
  ],
  added: 3,
  removed: 1,
  hunks: [
    { ...hunk, offset: -4, whitespace: true },
    { ...hunk, path: 'g.c', inputLine: 50, applied: false, offset: 0, message: 'there is no g.c' },
    { ...hunk, path: 'g.c', hunk: 2, inputLine: 60, applied: false, offset: 0, message: 'there is no g.c' },
    { ...hunk, path: 'g.c', hunk: 3, inputLine: 70, applied: false, offset: 0, message: 'odd counts' },
  ],
  problems: [
    { severity: 'warning', input: 'v2.mbox', line: 9, message: 'odd', next: 'Look.' },
    { severity: 'error', input: 'v2.mbox', line: 50, message: 'g.c is left out: there is no g.c', next: 'Rebase.' },
    { severity: 'error', input: 'v2.mbox', line: 80, message: 'i.c is left out: it is there', next: 'Rebase.' },
  ],
  changedFunctions: [
    { name: 'f', file: 'f.c', change: 'changed', lifted: true },
    { name: 'h', file: 'h.c', change: 'added', lifted: false },
    { name: 'old', file: 'f.c', change: 'removed', lifted: false },
  ],
};
const source: SourceReport = {
  tree: { name: 'linux', version: '6.12.1' },
  configuration: 'my.config',
  subsystem: 'tee',
  patch,
  functions: [
    { name: 'f', file: 'f.c', line: 1, endLine: 4, fromPatch: true, level: 'exact' },
    { name: 'g', file: 'g.c', line: 1, endLine: 4, fromPatch: false, level: 'blocked' },
  ],
  kept: [{ name: 'k', reason: 'line 3: asm' }],
  changedModels: ['idr_remove'],
  remarks: [{ kind: 'bytes', level: 'abstracted', count: 2, example: 'f.c:3 f: bytes are copied' }],
  approximations: [{ function: 'f', file: 'f.c', direction: 'under', what: 'line 3: bytes are copied' }],
  opaqueCalls: [{ name: 'mystery', places: ['f.c:2 f'] }],
  conditionals: [{ file: 'f.c', line: 2, directive: '#ifdef A', taken: true, reason: '.config: A=y' }],
  problems: [{ file: 'f.h', line: 0, severity: 'note', message: 'not there' }],
  changedLines: null,
  incomplete: ['g.c is not patched'],
  identity: { subsystem: 'tee', treeVersion: '6.12.1', patches: [], range: null, configuration: null, files: [] },
};

describe('what was read', () => {
  it('is one line for each fact, and a few of the dropped lines', () => {
    expect(sourceText(source, 200, false)).toEqual([
      '  tree      linux: Linux 6.12.1, #ifs by my.config',
      '  patch     [v2 1/4] f: do it (A)',
      '  changes   3 files, 1 of 4 hunks applied (1 at an offset of up to 4 lines, 1 with white space ignored), +3/−1',
      '  base      1 file of the tree as the patch expects, 1 that differs: g.c',
      '  base      the patch names the commit c0ffee',
      '  missing   part 2–4 of the series',
      '  dropped   7 lines of the mail that are no part of the diff',
      ...[0, 1, 2, 3, 4].map((index) => `            ${40 + index}: > remark ${index}`),
      '            … and 2 more',
      '  failed    v2.mbox:50: hunks 1–2 of g.c: there is no g.c',
      '  failed    v2.mbox:70: hunk 3 of g.c: odd counts',
      '  warning   v2.mbox:9: odd',
      '  error     v2.mbox:80: i.c is left out: it is there',
      '  next      Look.',
      '  next      Rebase.',
    ]);
  });

  it('is all of it when asked', () => {
    const all = sourceText(source, 200, true).join('\n');
    expect(all).toContain('46: > remark 6');
    expect(all).toContain('offset    hunk 1 of f.c is 4 lines further up');
  });

  it('may be a diff without a mail, or a tree alone', () => {
    const bare = { ...patch.patches[0]!, subject: null, author: null, number: null, total: null, droppedLines: [] };
    const lines = sourceText({ ...source, patch: { ...patch, version: null, patches: [bare] } }, 200, false);
    expect(lines[1]).toBe('  patch     v2.mbox, a diff without subject');
    expect(sourceText({ ...source, patch: null }, 200, false)).toHaveLength(1);
  });

  it('says why an answer is not complete', () => {
    expect(incompleteText(source, 80)).toEqual(['  not complete: g.c is not patched']);
  });
});

it('the C is told by function and by kind of remark', () => {
  expect(liftingSentences(source, false)).toEqual([
    'C functions lifted: 2, 1 exact, 0 abstracted, 1 blocked (g)',
    'functions that the patch changes: 3, 1 of them lifted',
    'changed and not lifted: h (h.c)',
    'the hand-written model runs in place of k: line 3: asm',
    'kernel API models that the patch changes: idr_remove',
    'remarks: 2 bytes (abstracted)',
    'approximations (1): under: f.c f line 3: bytes are copied',
    'calls without model or source (1): mystery (f.c:2 f)',
    '#ifs in the lifted files: 1 (--verbose lists them)',
    'problems of files and headers (1): f.h: not there',
  ]);
  const verbose = liftingSentences(source, true);
  expect(verbose).toContain('f.c:2: #ifdef A is taken (.config: A=y)');
  expect(verbose).toContain('for example, bytes: f.c:3 f: bytes are copied');
});

it('changed lines are told by what kept them from running', () => {
  const untouched = [
    { file: 'f.c', function: 'f', lines: [3, 4, 5, 9], why: 'not run' },
    { file: 'f.c', function: 'g', lines: [20], why: 'not reached' },
    { file: 'h.c', function: 'h', lines: [2], why: 'not lifted' },
  ] as const;
  expect(changedLinesText({ added: 20, code: 10, touched: 4, untouched })).toEqual([
    'changed lines: 20 added, 10 of them with code, of which 4 ran in some scenario; 10 without (declarations, comments, blank lines, what is no C)',
    'changed lines without a step (reached, but these lines did not run): f f.c:3–5,9',
    'changed lines without a step (no scenario reaches the function): g f.c:20',
    'changed lines without a step (no scenario is about the file): h h.c:2',
  ]);
  expect(changedLinesText({ added: 4, code: 4, touched: 4, untouched: [] })).toHaveLength(1);
});
