import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { applyPatches } from '../../models/c/intake/applyPatches.js';
import { defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { at, fn, run, set } from '../../models/program/build.js';
import { exampleRevision } from '../testing/exampleSystem.js';
import type { CheckResult } from '../finding/finding.js';
import type { SourceIdentity } from '../finding/sourceReport.js';
import { changedFunctions } from './changedFunctions.js';
import { changedLines, codeLines } from './changedLines.js';
import { differenceOf } from './differenceOf.js';
import { liftSource, singleFileTree } from './liftSource.js';
import { openSource, readSeries } from './openSource.js';
import type { OpenedRevision } from './openTreeRevision.js';
import { sameProgram } from './sameProgram.js';
import { SourceError } from './sourceError.js';
import { readConfigFile, readPatchFiles } from './sourceInputs.js';
import { withSource } from './withSource.js';

const folder = mkdtempSync(join(tmpdir(), 'interleaf-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = `int kept(int a)
{
	return a;
}

int edited(int a)
{
	a++;
	return a;
}

int dropped(int a)
{
	return a;
}
`;
const diff = `--- a/lib/x.c
+++ b/lib/x.c
@@ -5,11 +5,16 @@ int kept(int a)
 
 int edited(int a)
 {
-	a++;
 	return a;
 }
 
-int dropped(int a)
+int fresh(int a)
 {
+	/* Twice. */
+	a += a;
+	if (a > 4) {
+		a = 4;
+	}
+
 	return a;
 }
`;

async function patchedTree() {
  const tree = singleFileTree('lib/x.c', text);
  const series = await readSeries([{ name: 'x.patch', bytes: Buffer.from(diff) }]);
  return { tree, patched: applyPatches(tree, series) };
}

describe('changed functions', () => {
  it('are those whose text differs, also where lines only go away', async () => {
    const { tree, patched } = await patchedTree();
    expect(patched.problems).toEqual([]);
    const found = changedFunctions(tree, patched, defaultConfiguration());
    expect(found.map(({ name, change }) => [name, change])).toEqual([
      ['edited', 'changed'],
      ['fresh', 'added'],
      ['dropped', 'removed'],
    ]);
  });

  it('are those that lift shows of a patch', async () => {
    const { tree, patched } = await patchedTree();
    const lifted = liftSource({ tree: patched, base: tree, configuration: defaultConfiguration(), files: [] });
    expect(lifted.functions.map(({ name }) => name)).toEqual(['edited', 'fresh']);
    const [, fresh] = lifted.functions;
    expect(fresh!.source.find(({ text: line }) => line.includes('a += a'))!.mailLine).toBe(15);
    expect(fresh!.program.find(({ line }) => line === 14)).toMatchObject({ mailLine: 15 });
  });
});

describe('changed lines', () => {
  const resultWith = (untouched: readonly (readonly string[])[], functions: readonly string[]) =>
    ({
      scenarios: untouched.map((places) => ({ coverage: { edges: 1, untouched: places } })),
      functions: functions.map((name) => ({ name })),
    }) as unknown as CheckResult;

  it('with code are those with steps, or where nothing is lifted those that look like it', async () => {
    const { tree, patched } = await patchedTree();
    const changes = changedFunctions(tree, patched, defaultConfiguration());
    const code = codeLines(patched, [], changes);
    expect(code).toEqual([{ file: 'lib/x.c', function: 'fresh', lines: [14, 15, 16], lifted: false }]);
    expect(changedLines(code, 7, resultWith([[]], []))).toMatchObject({
      added: 7,
      code: 3,
      touched: 0,
      untouched: [{ why: 'not lifted' }],
    });
  });

  it('count as run if any scenario ran them; a scenario that did not start says nothing', () => {
    const code = [{ file: 'f.c', function: 'f', lines: [1, 2, 3], lifted: true }];
    const all = ['f.c:1 f', 'f.c:2 f', 'f.c:3 f'];
    const result = resultWith([all, ['f.c:2 f']], ['f']);
    expect(changedLines(code, 3, result).untouched).toMatchObject([{ lines: [2], why: 'not run' }]);
    const failed = { coverage: { edges: 0, untouched: [] } } as unknown as CheckResult['scenarios'][number];
    const none = { ...result, scenarios: [failed] };
    expect(changedLines(code, 3, none)).toMatchObject({ touched: 0, untouched: [{ lines: [1, 2, 3] }] });
    expect(changedLines(code, 3, resultWith([all], [])).untouched).toMatchObject([{ why: 'not reached' }]);
  });
});

describe('a result with its source', () => {
  const sound = { verdict: 'holds', exitCode: 0, findings: [] };
  const scenarios = [{ coverage: { edges: 1, untouched: [] } }];
  const resultOf = (functions: readonly string[]) =>
    ({ ...sound, scenarios, functions: functions.map((name) => ({ name })) }) as unknown as CheckResult;
  const openedWith = (incomplete: readonly string[], code: ReturnType<typeof codeLines>) =>
    ({
      source: { incomplete, patch: { added: 0, changedFunctions: [{ name: 'f', lifted: true }] } },
      codeLines: code,
    }) as unknown as OpenedRevision;
  const line = { file: 'f.c', function: 'f', lines: [2], lifted: true };

  it('holds if all was read and the patch ran', () => {
    expect(withSource(resultOf(['f']), openedWith([], [line]))).toMatchObject({ verdict: 'holds', exitCode: 0 });
    expect(withSource(resultOf(['f']), openedWith([], []))).toMatchObject({ verdict: 'holds', exitCode: 0 });
  });

  it('is inconclusive for what could not be read, unless it is violated', () => {
    const opened = openedWith(['g.c is not patched'], [line]);
    expect(withSource(resultOf(['f']), opened)).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    const violated = { ...resultOf(['f']), verdict: 'violated', exitCode: 1 } as const;
    expect(withSource(violated, opened)).toMatchObject({
      verdict: 'violated',
      exitCode: 1,
      source: { incomplete: ['g.c is not patched'] },
    });
  });

  it('is inconclusive if nothing of the patch ran, also where it only takes lines away', () => {
    const untouched = { ...resultOf(['f']), scenarios: [{ coverage: { edges: 1, untouched: ['f.c:2 f'] } }] };
    const ran = withSource(untouched as unknown as CheckResult, openedWith([], [line]));
    expect(ran.source!.incomplete).toEqual(['no explored transition touched a line of the patch']);
    const removed = withSource(resultOf(['other']), openedWith([], []));
    expect(removed).toMatchObject({
      verdict: 'inconclusive',
      source: { incomplete: ['no scenario reaches a function that the patch changes'] },
    });
  });
});

describe('the same program', () => {
  const revision = exampleRevision('bare');
  const [name] = [...revision.functions.keys()];
  const withFunction = (body: Parameters<typeof fn>[2]) => ({
    ...revision,
    functions: new Map(revision.functions).set(name!, fn(`void ${name}(void)`, { file: 'f.c' }, body)),
  });

  it('is the same wherever its lines are, and another one where it does something else', () => {
    const one = withFunction([at(1, run('f()'))]);
    expect(sameProgram(one, withFunction([at(9, run('f()'))]))).toBe(true);
    expect(sameProgram(one, withFunction([at(1, run('g()'))]))).toBe(false);
    expect(sameProgram(one, withFunction([at(1, set('a', 'f()'))]))).toBe(false);
    expect(sameProgram(one, { ...one, globals: { a: 'int' } })).toBe(false);
  });
});

describe('the identity of a source', () => {
  const identity: SourceIdentity = {
    subsystem: 'tee',
    treeVersion: '6.12.1',
    patches: ['a.patch'],
    range: null,
    configuration: null,
    files: [{ path: 'f.c', blob: 'a'.repeat(40) }],
  };

  it('is the version and the files, not the names of patches', () => {
    expect(differenceOf(identity, { ...identity, patches: ['b.patch'] })).toBeNull();
    expect(differenceOf(identity, { ...identity, treeVersion: '6.1.1' })).toBe(
      'the tree is of version 6.1.1, not 6.12.1',
    );
    const other = { ...identity, files: [{ path: 'f.c', blob: 'b'.repeat(40) }] };
    expect(differenceOf(identity, other)).toBe('f.c is blob bbbbbbbbbbbb and was blob aaaaaaaaaaaa');
    expect(differenceOf(identity, { ...identity, files: [] })).toBe('f.c is not touched and was blob aaaaaaaaaaaa');
    const more = { ...identity, files: [...identity.files, { path: 'g.c', blob: null }] };
    expect(differenceOf(identity, more)).toBe('g.c was not touched');
  });
});

describe('files of patches', () => {
  it('are those of a directory in the order of their names, of a maildir those in cur and new', () => {
    const series = join(folder, 'series');
    mkdirSync(series);
    for (const name of ['0002-b.patch', '0001-a.patch', 'notes.md', '.hidden']) writeFileSync(join(series, name), name);
    expect(readPatchFiles([series]).map(({ name }) => name)).toEqual([
      join(series, '0001-a.patch'),
      join(series, '0002-b.patch'),
    ]);
    const maildir = join(folder, 'maildir');
    for (const name of ['cur', 'new', 'tmp']) {
      mkdirSync(join(maildir, name), { recursive: true });
      writeFileSync(join(maildir, name, 'mail'), name);
    }
    const bytes = readPatchFiles([maildir]).map((input) => Buffer.from(input.bytes).toString());
    expect(bytes).toEqual(['cur', 'new']);
  });

  it('are missed by name, and a directory without any is an error', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(() => readPatchFiles([empty])).toThrow(SourceError);
    expect(() => readPatchFiles([join(folder, 'nowhere')])).toThrow('there is no such file or directory');
  });

  it('are named in the error where there is no patch in them', async () => {
    const inputs = [{ name: 'letter.txt', bytes: Buffer.from('Dear all,\n') }];
    await expect(readSeries(inputs)).rejects.toMatchObject({ code: 'no-patch', place: 'letter.txt' });
  });
});

describe('a .config', () => {
  it('is told from other files', () => {
    const path = join(folder, 'config');
    writeFileSync(path, '#\n# CONFIG_TEE is not set\n');
    expect(readConfigFile(path)).toMatchObject({ name: 'config' });
    writeFileSync(path, 'TEE=y\n');
    expect(() => readConfigFile(path)).toThrow(SourceError);
  });
});

describe('a tree', () => {
  it('that is none is an error with a place', async () => {
    await expect(openSource({ tree: folder })).rejects.toMatchObject({ code: 'unreadable-tree', place: folder });
  });
});
