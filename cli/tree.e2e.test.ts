/** Checking a kernel tree, with and without patches, on a tree that is written for the test. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import type { SourceReport } from '../checker/finding/sourceReport.js';
import { lineDiff, mail, otherDiff, stateOf, widgetDiff, writeFiles, writeMiniTree } from './testing/miniTree.js';
import type { ErrorDocument, Outcome } from './testing/runProgram.js';
import { documentOf, interleaf, interleafWith } from './testing/runProgram.js';

let folder: string;
let tree: string;
let before: Record<string, string>;

const other = mail('PATCH v2 2/2', 'lib: add two', otherDiff);
const path = (name: string) => join(folder, name);

function write(name: string, content: string | Uint8Array): string {
  writeFileSync(path(name), content);
  return path(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleaf-tree-'));
  tree = writeMiniTree(folder);
  before = stateOf(tree);
  write('other.patch', other);
});
afterAll(() => rmSync(folder, { recursive: true }));

function sourceOf(outcome: Outcome): SourceReport {
  expect(outcome.stderr).toBe('');
  return documentOf<CheckResult>(outcome).source!;
}

const checkJson = (...args: readonly string[]) => interleaf('check', '--tree', tree, ...args, '--format', 'json');

describe('check --tree', () => {
  it('says of a tree that no scenario can run on what is missing, once', () => {
    const { status, stdout, stderr } = interleaf('check', '--tree', tree);
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    expect(stdout.split('\n')[0]).toBe('linux-6.12.1 has no bug, as far as the search got');
    expect(stdout).toContain(`tree      ${tree}: Linux 6.12.1`);
    expect(stdout).toMatch(/\d+ scenarios could not run: .*\n[^]*is called, but nobody\s+defines it/);
    expect(stdout.match(/'tee_get_drvdata' is called/g)).toHaveLength(1);
    expect(stdout).toContain('C functions lifted: 4, 4 exact');
  });

  it('gives a document that follows the published schema', () => {
    const result = documentOf<CheckResult>(checkJson('--scenario', 'shm-close'));
    const schema = fileURLToPath(new URL('../schema/result.schema.json', import.meta.url));
    const validate = new Ajv().compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
    expect(validate(result) || validate.errors).toBe(true);
    expect(result).toMatchObject({ verdict: 'inconclusive', exitCode: 3, base: null });
    expect(result.source).toMatchObject({ patch: null, changedLines: null, configuration: 'policy' });
  });

  it('never writes into the tree', () => {
    interleaf('check', '--tree', tree, '--patch', path('other.patch'));
    interleaf('lift', '--tree', tree, '--patch', path('other.patch'));
    expect(stateOf(tree)).toEqual(before);
  });
});

describe('check --tree --patch', () => {
  it('says when no scenario exercises the patch, which functions it changes, and does not search in vain', () => {
    const result = documentOf<CheckResult>(checkJson('--patch', path('other.patch')));
    expect(result).toMatchObject({ exitCode: 3, base: 'linux-6.12.1', revision: 'other.patch', scenarios: [] });
    const { patch, incomplete, changedLines } = result.source!;
    expect(incomplete).toEqual([
      'part 1 of 2 is missing from the series',
      'no scenario exercises the patch: what it changes (other) is no part of the programs of drivers/tee/',
    ]);
    expect(patch).toMatchObject({ version: 2, missing: [1], added: 1, removed: 1 });
    expect(patch!.patches).toEqual([
      {
        input: path('other.patch'),
        subject: 'lib: add two',
        author: 'A Tester <tester@example.org>',
        number: 2,
        total: 2,
        droppedLines: [],
      },
    ]);
    expect(patch!.changedFunctions).toEqual([{ name: 'other', file: 'lib/other.c', change: 'changed', lifted: false }]);
    expect(changedLines).toEqual({
      added: 1,
      code: 1,
      touched: 0,
      untouched: [{ file: 'lib/other.c', function: 'other', lines: [3], why: 'not lifted' }],
    });
    // The first part alone is the series up to there.
    const first = write('first.patch', mail('PATCH v2 1/2', 'lib: add two', otherDiff));
    expect(sourceOf(checkJson('--patch', first)).incomplete).toHaveLength(1);
    const { status, stdout } = interleaf('check', '--tree', tree, '--patch', path('other.patch'));
    expect(status).toBe(3);
    expect(stdout).toContain('patch     [v2 2/2] lib: add two (A Tester <tester@example.org>)');
    expect(stdout).toContain('changes   1 file, 1 of 1 hunk applied, +1/−1');
    expect(stdout).toContain('changed and not lifted: other (lib/other.c)');
  });

  it('reads the same from standard input, from gzip and from a directory', () => {
    const fromFile = sourceOf(checkJson('--patch', path('other.patch'))).patch!;
    const hunks = (source: SourceReport) => source.patch!.hunks.map((hunk) => ({ ...hunk, input: '' }));
    const expected = fromFile.hunks.map((hunk) => ({ ...hunk, input: '' }));
    const piped = interleafWith({ input: other }, 'check', '--tree', tree, '-', '--format', 'json');
    expect(documentOf<CheckResult>(piped).revision).toBe('<stdin>');
    expect(hunks(sourceOf(piped))).toEqual(expected);
    const zipped = write('other.patch.gz', gzipSync(other));
    expect(hunks(sourceOf(checkJson('--patch', zipped)))).toEqual(expected);
    writeFiles(path('series'), {
      '0000-cover-letter.patch': mail('PATCH v2 0/2', 'both', 'What for.\n'),
      '0001-one.patch': mail('PATCH v2 1/2', 'tee: more', widgetDiff),
      '0002-two.patch': other,
    });
    const series = sourceOf(checkJson('--patch', path('series'))).patch!;
    expect(series.patches.map(({ subject }) => subject)).toEqual(['tee: more', 'lib: add two']);
    expect(series.missing).toEqual([]);
  });

  it('searches what changes a program, and tells its lines that nothing ran', () => {
    const patch = write('widget.patch', mail('PATCH', 'tee: count one more', widgetDiff));
    const result = documentOf<CheckResult>(checkJson('--patch', patch));
    expect(result.scenarios.length).toBeGreaterThan(5);
    expect(result.source!.changedLines).toMatchObject({
      touched: 0,
      untouched: [{ function: 'widget_add', lines: [9], why: 'not reached' }],
    });
    expect(result.source!.patch!.changedFunctions).toMatchObject([{ name: 'widget_add', lifted: true }]);
    expect(result.source!.incomplete).toEqual(['no explored transition touched a line of the patch']);
  });

  it('goes on without a file of which a hunk fails, and names the hunk', () => {
    const wrong = lineDiff('lib/other.c', '\treturn a + 1;', '\treturn a + 2;').replace(
      ' int other(int a)',
      ' int another(void)',
    );
    const patch = write('half.patch', mail('PATCH', 'both', `${wrong.replace(' {', ' [')}${widgetDiff}`));
    const { patch: told, incomplete } = sourceOf(checkJson('--patch', patch, '--scenario', 'shm-close'));
    expect(told!.files).toMatchObject([
      { path: 'drivers/tee/tee_core.c', change: 'changed' },
      { path: 'lib/other.c', change: 'failed' },
    ]);
    expect(told!.hunks).toMatchObject([
      { path: 'lib/other.c', applied: false, inputLine: 12, message: expect.any(String) as string },
      { path: 'drivers/tee/tee_core.c', applied: true },
    ]);
    expect(incomplete).toContain(
      'lib/other.c is not patched: hunk 1 does not apply, and was checked as the tree has it',
    );
    const { status, stdout } = interleaf('check', '--tree', tree, '--patch', patch, '--scenario', 'shm-close');
    expect(status).toBe(3);
    expect(stdout).toMatch(/failed +\S*half\.patch:12: hunk 1 of lib\/other\.c/);
  });

  it('does not trust the model of a kernel function that the patch changes', () => {
    const change = lineDiff('lib/idr.c', '\treturn xa_erase(&idr->idr_rt, id);', '\treturn NULL;');
    const patch = write('idr.patch', mail('PATCH', 'idr: forget', change));
    const { changedModels, incomplete } = sourceOf(checkJson('--patch', patch));
    expect(changedModels).toEqual(['idr_remove']);
    expect(incomplete.join('\n')).toContain('kernel API models stand for (idr_remove)');
  });
});

describe('check --tree --range', () => {
  it('reads what commits change from git', () => {
    const clone = path('clone');
    writeMiniTree(clone);
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-C', join(clone, 'tree'), '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args]);
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'start');
    writeFiles(join(clone, 'tree'), { 'lib/other.c': 'int other(int a)\n{\n\treturn a + 3;\n}\n' });
    git('commit', '-q', '-a', '-m', 'lib: add three');
    const outcome = interleaf('check', '--tree', join(clone, 'tree'), '--range', 'HEAD~1..HEAD', '--format', 'json');
    expect(outcome).toMatchObject({ status: 3, stderr: '' });
    const result = documentOf<CheckResult>(outcome);
    expect(result).toMatchObject({ revision: 'HEAD~1..HEAD', base: 'HEAD~1' });
    expect(result.source!.patch).toMatchObject({
      kind: 'range',
      patches: [{ subject: 'lib: add three' }],
      changedFunctions: [{ name: 'other' }],
    });
    const both = ['HEAD~1..HEAD', 'HEAD~1..HEAD', '--tree', join(clone, 'tree'), '--scenario', 'shm-close'];
    const compared = interleaf('regress', ...both);
    expect(compared).toMatchObject({ status: 3, stderr: '' });
    expect(compared.stdout).toContain('HEAD~1..HEAD → HEAD~1..HEAD: 0 introduced');
    expect(compared.stdout).toContain('HEAD~1..HEAD is not complete: no scenario exercises the patch');
    const unknown = interleaf('check', '--tree', join(clone, 'tree'), '--range', 'nowhere..HEAD', '--format', 'json');
    expect(unknown.status).toBe(2);
    expect(documentOf<ErrorDocument>(unknown).error.place).toContain('nowhere');
  });
});

describe('a command line that does not fit together', () => {
  const cases: readonly (readonly [string, () => readonly string[], code: string, says: string])[] = [
    ['a patch without a tree', () => ['check', '--patch', path('other.patch')], 'no-tree', 'touches lib/other.c'],
    ['a patch in place of a revision', () => ['check', path('other.patch')], 'no-tree', '--tree DIR --patch'],
    ['a range without a tree', () => ['check', '--range', 'a..b'], 'no-tree', '--tree DIR --range a..b'],
    ['a .config without a tree', () => ['check', 'v4', '--config', 'x'], 'no-tree', '--config'],
    ['a revision and a tree', () => ['check', 'v4', '--tree', tree], 'bad-option', 'interleaf check v4, or'],
    [
      'a patch and a range',
      () => ['check', '--tree', tree, '--patch', path('other.patch'), '--range', 'a..b'],
      'bad-option',
      'exclude each other',
    ],
    ['no tree there', () => ['check', '--tree', path('nowhere')], 'unreadable-tree', 'no such directory'],
    ['a tree of something else', () => ['check', '--tree', folder], 'unreadable-tree', 'not the root of a kernel tree'],
    ['no patch there', () => ['check', '--tree', tree, '--patch', path('nowhere')], 'unreadable-file', 'no such file'],
    ['no .config', () => ['check', '--tree', tree, '--config', path('other.patch')], 'bad-config', 'CONFIG_TEE=y'],
    ['patches without a tree in regress', () => ['regress', 'v4', path('other.patch')], 'no-tree', 'add --tree DIR'],
    ['nothing to lift', () => ['lift', '--tree', tree], 'missing-argument', 'drivers/tee/tee_core.c'],
    ['a patch to lift without a tree', () => ['lift', '--patch', path('other.patch')], 'no-tree', '--tree DIR'],
    ['a file that the tree has not', () => ['lift', 'lib/none.c', '--tree', tree], 'unreadable-file', 'from the root'],
    [
      'a function that the file has not',
      () => ['lift', 'lib/other.c', '--tree', tree, '--function', 'othr'],
      'unknown-function',
      'did you mean other',
    ],
  ];

  it.each(cases)('%s', (_, args, code, says) => {
    const outcome = interleaf(...args(), '--format', 'json');
    expect(outcome).toMatchObject({ status: 2, stderr: '' });
    const { error } = documentOf<ErrorDocument>(outcome);
    expect(error.code).toBe(code);
    expect(`${error.place} ${error.message} ${error.next}`).toContain(says);
    expect(error.next).not.toBe('');
  });

  it('is told on standard error, with what to do next', () => {
    const { status, stdout, stderr } = interleafWith({ input: other }, 'check', '-');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'interleaf: <stdin>: a patch needs a kernel tree to lie over; this one touches lib/other.c\n' +
        '  next: interleaf check --tree DIR -, where DIR is the root of an unpacked kernel tree\n',
    );
  });
});
