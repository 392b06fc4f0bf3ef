/** Bad input of every kind: a message with a place and a next step, and whatever else can be analysed still is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import type { LiftedSource } from '../checker/tree/liftSource.js';
import { mail, miniFiles, otherDiff, widgetDiff, writeFiles, writeMiniTree } from './testing/miniTree.js';
import type { ErrorDocument } from './testing/runProgram.js';
import { documentOf, interleaf, interleafWith } from './testing/runProgram.js';

let folder: string;
let tree: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleaf-bad-'));
  tree = writeMiniTree(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two files in one mail, so that one can be spoiled. */
const both = mail('PATCH', 'both', `${otherDiff}${widgetDiff}`);

/** Checks the mini tree with a patch on standard input, in one scenario that cannot run there: what matters is what is read. */
const checkWith = (input: string) =>
  interleafWith({ input }, 'check', '--tree', tree, '-', '--scenario', 'shm-close', '--format', 'json');

function readOf(input: string) {
  const outcome = checkWith(input);
  expect(outcome).toMatchObject({ status: 3, stderr: '' });
  const { source } = documentOf<CheckResult>(outcome);
  return { ...source!.patch!, incomplete: source!.incomplete };
}

function refusalOf(input: string) {
  const outcome = checkWith(input);
  expect(outcome).toMatchObject({ status: 2, stderr: '' });
  const { error } = documentOf<ErrorDocument>(outcome);
  expect(error.code).toBe('no-patch');
  expect(error.place).toContain('<stdin>');
  expect(error.next).not.toBe('');
  return error.message;
}

describe('a patch of which a part can be used', () => {
  const applied = (input: string) =>
    readOf(input)
      .hunks.filter((hunk) => hunk.applied)
      .map(({ path }) => path);

  it('may be truncated', () => {
    const { problems, incomplete, files } = readOf(both.slice(0, both.lastIndexOf('+\tw->count')));
    expect(problems).toMatchObject([{ severity: 'error', input: '<stdin>', line: expect.any(Number) as number }]);
    expect(problems[0]!.next).not.toBe('');
    expect(incomplete.some((reason) => reason.startsWith('<stdin>:'))).toBe(true);
    expect(files).toMatchObject([{ path: 'lib/other.c', change: 'changed' }]);
  });

  it('may have wrong counts, or prose in a hunk', () => {
    const counted = readOf(both.replace('@@ -1,4 +1,4 @@', '@@ -1,9 +1,9 @@'));
    expect(counted.problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(counted.files.map(({ path }) => path)).toContain('drivers/tee/tee_core.c');
  });

  it('may be for another base', () => {
    const { hunks, problems } = readOf(both.replaceAll('a + 1', 'a + 11'));
    expect(hunks.map(({ path, applied: ok }) => [path, ok])).toEqual([
      ['lib/other.c', false],
      ['drivers/tee/tee_core.c', true],
    ]);
    expect(problems[0]).toMatchObject({ severity: 'error', message: expect.stringContaining('lib/other.c') as string });
  });

  it('may have other line ends, or no tabs', () => {
    expect(applied(both.replaceAll('\n', '\r\n'))).toEqual(['lib/other.c', 'drivers/tee/tee_core.c']);
    expect(applied(both.replaceAll('\t', '        '))).toEqual(['lib/other.c', 'drivers/tee/tee_core.c']);
  });

  it('may name files outside of the tree, which are refused', () => {
    const outside = both.replaceAll('a/lib/other.c', 'a/../../other.c').replaceAll('b/lib/other.c', 'b/../../other.c');
    const { problems, files } = readOf(outside);
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(files.map(({ path }) => path)).toEqual(['drivers/tee/tee_core.c']);
  });
});

describe('a patch of which nothing can be used', () => {
  it('is empty, binary or no patch at all', () => {
    expect(refusalOf('')).toContain('empty');
    expect(refusalOf(`${both.slice(0, 80)}\0${both.slice(80)}`)).toContain('NUL byte');
    expect(refusalOf('Dear all,\n\nplease pull.\n')).toContain('no diff');
  });

  it('is HTML, or a combined diff', () => {
    const html = `From: a@example.org\nSubject: [PATCH] x\nContent-Type: text/html\n\n<pre>${otherDiff}</pre>\n`;
    expect(refusalOf(html)).toContain('HTML');
    const combined =
      'diff --cc lib/other.c\nindex 1,2..3\n--- a/lib/other.c\n+++ b/lib/other.c\n@@@ -1,1 -1,1 +1,1 @@@\n';
    expect(refusalOf(combined)).toMatch(/combined|merge/);
  });
});

describe('C that is damaged', () => {
  const sound = 'int sound(int a)\n{\n\treturn a;\n}\n';

  function liftOf(text: string, more: Readonly<Record<string, string>> = {}) {
    writeFiles(tree, { 'lib/bad.c': text, ...more });
    const outcome = interleaf('lift', 'lib/bad.c', '--tree', tree, '--format', 'json');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const lifted = documentOf<LiftedSource>(outcome);
    const levels = Object.fromEntries(lifted.functions.map(({ name, level }) => [name, level]));
    return { ...lifted, levels };
  }

  it('costs the function it is in, and says where', () => {
    const { levels, problems } = liftOf(`int bad(int a)\n{\n\ta = ;\n\treturn a;\n}\n\n${sound}`);
    expect(levels).toEqual({ bad: 'blocked', sound: 'exact' });
    expect(problems).toMatchObject([{ file: 'lib/bad.c', line: 3, severity: 'error' }]);
  });

  it('may be nested twenty thousand deep', () => {
    const deep = `int deep(int a)\n{\n\treturn ${'('.repeat(20_000)}a${')'.repeat(20_000)};\n}\n`;
    expect(liftOf(`${deep}\n${sound}`).levels).toEqual({ deep: 'blocked', sound: 'exact' });
  });

  it('may hold conflict markers, which are named', () => {
    const markers = `<<<<<<< ours\n\treturn 1;\n=======\n\treturn 2;\n>>>>>>> theirs\n`;
    const { levels, problems } = liftOf(`int torn(void)\n{\n${markers}}\n\n${sound}`);
    expect(levels).toMatchObject({ sound: 'exact' });
    expect(levels['torn']).not.toBe('exact');
    expect(problems.map(({ message }) => message).join('\n')).toMatch(/conflict|marker/);
  });

  it('may loop by a macro that nobody knows', () => {
    const { functions, levels } = liftOf(
      `int loop(int a)\n{\n\tfor_every_thing(a) {\n\t\ta++;\n\t}\n\treturn a;\n}\n\n${sound}`,
    );
    expect(levels).toEqual({ loop: 'blocked', sound: 'exact' });
    expect(functions[0]!.remarks).toMatchObject([{ line: 3, level: 'blocked' }]);
  });

  it('may include what is not there, or is too large', () => {
    const use = 'int use(struct reg *r)\n{\n\treturn r->a;\n}\n';
    const missing = liftOf(`#include <linux/gone.h>\n\n${use}\n${sound}`);
    expect(missing.levels).toEqual({ use: 'blocked', sound: 'exact' });
    expect(missing.problems.map(({ message }) => message).join('\n')).toContain('linux/gone.h');
    const large = '#define REG 1\n'.repeat(Math.ceil((24 * 1024 * 1024) / 14));
    const huge = liftOf(`#include <linux/huge.h>\n\n${use}\n${sound}`, { 'include/linux/huge.h': large });
    expect(huge.levels).toEqual({ use: 'blocked', sound: 'exact' });
    expect(huge.problems.map(({ file, message }) => `${file} ${message}`).join('\n')).toMatch(/huge\.h.*limit/);
  });

  it('may be a binary file, which is refused', () => {
    writeFileSync(join(tree, 'lib', 'binary.c'), 'int a;\0\0');
    const { status, stderr } = interleaf('lift', 'lib/binary.c', '--tree', tree);
    expect(status).toBe(2);
    expect(stderr).toMatch(/lib\/binary\.c: .*NUL byte.*\n {2}next: /);
    const alone = interleaf('lift', join(tree, 'lib', 'binary.c'));
    expect(alone.status).toBe(2);
    expect(alone.stderr).toContain('NUL byte');
  });

  it('may be empty', () => {
    expect(liftOf('').functions).toEqual([]);
  });

  it('makes a check of the subsystem inconclusive where it is outside of functions', () => {
    writeFiles(tree, { 'drivers/tee/tee_shm.c': `struct odd { int = ; };\n${sound}` });
    const outcome = interleaf('check', '--tree', tree, '--scenario', 'shm-close', '--format', 'json');
    writeFiles(tree, { 'drivers/tee/tee_shm.c': miniFiles['drivers/tee/tee_shm.c']! });
    expect(outcome.status).toBe(3);
    expect(documentOf<CheckResult>(outcome).source!.incomplete.join('\n')).toMatch(/drivers\/tee\/tee_shm\.c:1: /);
  });
});
