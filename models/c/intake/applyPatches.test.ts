import { describe, expect, test } from 'vitest';
import { applyPatches } from './applyPatches.js';
import { readPatches } from './readPatches.js';
import { memoryTree } from './testing/memoryTree.js';
import { formatPatch, gadgetDiff, widgetAfter, widgetBefore, widgetDiff, widgetPath } from './testing/widget.js';
import type { PatchedTree } from './tree.js';
import { TreeError } from './treeError.js';

/** Patches, each in an input of its own, on a tree of these files. */
async function apply(files: Readonly<Record<string, string>>, ...patches: readonly string[]): Promise<PatchedTree> {
  const inputs = patches.map((text, index) => ({ name: `${index + 1}.patch`, bytes: Buffer.from(text) }));
  const series = await readPatches(inputs);
  expect(series.problems).toEqual([]);
  return applyPatches(memoryTree(files), series);
}

const tree = { [widgetPath]: widgetBefore, 'drivers/misc/Makefile': 'obj-y += widget.o\n' };
const gadget = 'drivers/misc/gadget.c';
const whole = (text: string) => text.split('\n').slice(0, -1);
const diffOf = (path: string, ...hunks: readonly string[]) => `--- a/${path}\n+++ b/${path}\n${hunks.join('')}`;

describe('a patch that applies', () => {
  test('gives the new text, and where its lines come from', async () => {
    const mail = formatPatch('[PATCH] widget', widgetDiff);
    const result = await apply(tree, mail);
    const file = result.patched.get(widgetPath)!;
    expect(file).toMatchObject({ path: widgetPath, text: widgetAfter, created: false, addedLines: [7, 26] });
    const lines = mail.split('\n');
    const from = [...file.inputLines].map((line) => lines[line - 1] ?? null);
    expect(from.filter((line) => line !== null)).toEqual(['+\tint resets;', '+\tw->resets++;']);
    expect([file.inputNames[5], file.inputNames[6]]).toEqual([null, '1.patch']);
    expect(file.inputLines).toHaveLength(whole(widgetAfter).length);
  });

  test('counts its lines and says that the base is the right one', async () => {
    const result = await apply(tree, widgetDiff);
    expect([result.added, result.removed]).toEqual([2, 1]);
    expect(result.bases).toMatchObject([{ path: widgetPath, base: 'same' }]);
    expect(result.hunks).toMatchObject([
      {
        path: widgetPath,
        hunk: 1,
        input: '1.patch',
        inputLine: 5,
        applied: true,
        offset: 0,
        whitespace: false,
        message: null,
      },
      {
        path: widgetPath,
        hunk: 2,
        input: '1.patch',
        inputLine: 13,
        applied: true,
        offset: 0,
        whitespace: false,
        message: null,
      },
    ]);
  });

  test('is seen through the tree, which stays as it is', async () => {
    const result = await apply(tree, widgetDiff, gadgetDiff);
    expect(result.read(`drivers/misc/../misc/widget.c`)).toBe(widgetAfter);
    expect(result.list('drivers/misc')).toEqual(['Makefile', 'gadget.c', 'widget.c']);
    expect(result.blobId(widgetPath)).toMatch(new RegExp(`^${/\.\.(\w+)/.exec(widgetDiff)![1]!}`));
    expect(result.read('drivers/misc/Makefile')).toBe('obj-y += widget.o\n');
    expect(result).toMatchObject({ name: 'test tree', version: '6.12.1' });
    expect(tree[widgetPath]).toBe(widgetBefore);
  });

  test('may find its lines elsewhere, and says how far', async () => {
    const result = await apply({ [widgetPath]: `// new\n// lines\n${widgetBefore}` }, widgetDiff);
    expect(result.patched.get(widgetPath)!.text).toBe(`// new\n// lines\n${widgetAfter}`);
    expect(result.hunks.map(({ offset }) => offset)).toEqual([2, 2]);
    expect(result.bases).toMatchObject([{ base: 'differs', expected: expect.any(String) as string }]);
    expect(result.problems).toEqual([]);
  });

  test('warns where it moved although it fits two places', async () => {
    const twice = '{\n\tfoo();\n}\n\n';
    const result = await apply(
      { 'x.c': `// a\n\n${twice}${twice}` },
      diffOf('x.c', '@@ -1,3 +1,4 @@\n {\n \tfoo();\n+\tbar();\n }\n'),
    );
    expect(result.patched.get('x.c')!.text.indexOf('bar')).toBeLessThan(25);
    expect(result.problems).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('fit line 7 as well') as string },
    ]);
  });

  test('prefers lines that match exactly to nearer ones that do not', async () => {
    const file = 'if (a)\n  b();\n\nif (a)\n\tb();\n';
    const result = await apply({ 'x.c': file }, diffOf('x.c', '@@ -1,2 +1,2 @@\n if (a)\n-\tb();\n+\tc();\n'));
    expect(result.failed).toEqual(new Set());
    expect(result.patched.get('x.c')!.text).toBe('if (a)\n  b();\n\nif (a)\n\tc();\n');
  });

  test('may have lost its tabs: context is the tree’s, added lines are the patch’s', async () => {
    const result = await apply(tree, widgetDiff.replaceAll('\t', '        '));
    expect(result.hunks.map(({ whitespace }) => whitespace)).toEqual([true, true]);
    expect(result.patched.get(widgetPath)!.text).toBe(
      widgetAfter.replace('\tint resets', '        int resets').replace('\tw->resets', '        w->resets'),
    );
  });

  test('may come with CRLF line ends', async () => {
    const result = await apply(tree, widgetDiff.replaceAll('\n', '\r\n'));
    expect(result.patched.get(widgetPath)!.text).toBe(widgetAfter);
  });

  test('may be for a file with CRLF line ends', async () => {
    const result = await apply({ [widgetPath]: widgetBefore.replaceAll('\n', '\r\n') }, widgetDiff);
    expect(result.patched.get(widgetPath)!.text.replaceAll('\r', '')).toBe(widgetAfter);
  });

  test('may change whether a newline is at the end', async () => {
    const none = '\\ No newline at end of file\n';
    const remove = diffOf('x', `@@ -1,2 +1,2 @@\n a\n-b\n+c\n${none}`);
    const add = diffOf('x', `@@ -1,2 +1,2 @@\n a\n-b\n${none}+c\n`);
    const keep = diffOf('x', `@@ -1,2 +1,2 @@\n-a\n+c\n b\n${none}`);
    expect((await apply({ x: 'a\nb\n' }, remove)).read('x')).toBe('a\nc');
    expect((await apply({ x: 'a\nb' }, add)).read('x')).toBe('a\nc\n');
    expect((await apply({ x: 'a\nb' }, keep)).read('x')).toBe('c\nb');
  });

  test('may have no context, and then only fits where it says', async () => {
    const insert = diffOf('x', '@@ -1,0 +2 @@\n+b\n');
    expect((await apply({ x: 'a\nc\n' }, insert)).read('x')).toBe('a\nb\nc\n');
    const replace = diffOf('x', '@@ -2 +2 @@\n-b\n+c\n');
    expect((await apply({ x: 'a\nb\n' }, replace)).read('x')).toBe('a\nc\n');
    const moved = await apply({ x: 'a\na\nb\n' }, replace);
    expect(moved.hunks).toMatchObject([
      { applied: false, message: expect.stringContaining('no context and is for line 2') as string },
    ]);
  });
});

describe('files that come and go', () => {
  const move = (kind: string, from: string, to: string) =>
    `diff --git a/${from} b/${to}\nsimilarity index 100%\n${kind} from ${from}\n${kind} to ${to}\n`;

  test('can be made', async () => {
    const result = await apply(tree, gadgetDiff);
    expect(result.patched.get(gadget)).toMatchObject({
      text: 'void gadget(void)\n{\n}\n',
      created: true,
      addedLines: [1, 2, 3],
    });
    expect(result.bases).toEqual([]);
  });

  test('can be deleted', async () => {
    const result = await apply(
      { x: 'a\n', y: 'b\n' },
      'diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n',
    );
    expect(result.patched).toEqual(new Map([['x', null]]));
    expect([result.read('x'), result.blobId('x'), result.list('')]).toEqual([null, null, ['y']]);
    expect([result.added, result.removed]).toEqual([0, 1]);
  });

  test('can be renamed, copied and changed on the way', async () => {
    const changed = `${move('rename', 'x', 'y')}--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n`;
    const renamed = await apply({ x: 'a\n' }, changed);
    expect([renamed.read('x'), renamed.read('y')]).toEqual([null, 'b\n']);
    expect(renamed.patched.get('y')).toMatchObject({ created: false, addedLines: [1] });
    const copied = await apply({ x: 'a\n' }, move('copy', 'x', 'y'));
    expect([copied.read('x'), copied.read('y')]).toEqual(['a\n', 'a\n']);
    expect([...copied.patched.keys()]).toEqual(['y']);
  });

  test('can change places', async () => {
    const result = await apply({ x: 'a\n', y: 'b\n' }, move('rename', 'x', 'y') + move('rename', 'y', 'x'));
    expect([result.read('x'), result.read('y')]).toEqual(['b\n', 'a\n']);
  });

  test('can be made and renamed in a text of several diffs', async () => {
    const result = await apply(tree, gadgetDiff + move('rename', gadget, 'drivers/misc/moved.c'));
    expect([...result.patched]).toMatchObject([
      [gadget, null],
      ['drivers/misc/moved.c', { created: true }],
    ]);
  });

  test('can be made by one patch and changed by the next', async () => {
    const second = diffOf(gadget, '@@ -1,3 +1,4 @@\n void gadget(void)\n {\n+\treturn;\n }\n');
    const result = await apply(tree, gadgetDiff, second);
    const file = result.patched.get(gadget)!;
    expect(file).toMatchObject({
      text: 'void gadget(void)\n{\n\treturn;\n}\n',
      created: true,
      addedLines: [1, 2, 3, 4],
    });
    expect(file.inputNames).toEqual(['1.patch', '1.patch', '2.patch', '1.patch']);
    expect([...file.inputLines]).toEqual([7, 8, 6, 9]);
    expect([result.added, result.removed]).toEqual([4, 0]);
    expect(result.bases).toEqual([]);
  });

  test('have names below directories that only the tree knows', async () => {
    const plain = widgetDiff.slice(widgetDiff.indexOf('---')).replaceAll(/ [ab]\//g, ' linux/');
    expect((await apply(tree, plain)).patched.get(widgetPath)!.text).toBe(widgetAfter);
    const made = gadgetDiff.slice(gadgetDiff.indexOf('---')).replace(' b/', ' linux/');
    expect((await apply(tree, made)).patched.has(gadget)).toBe(true);
  });
});

describe('a file that does not fit is left out, and named', () => {
  const failing = widgetDiff.replace(' \tw->state = 0;', ' \tw->state = 1;');

  test('with a verdict for each hunk, and the nearest candidate', async () => {
    const result = await apply(tree, failing + gadgetDiff);
    expect(result.hunks.map(({ applied }) => applied)).toEqual([true, false, true]);
    expect(result.hunks[1]!.message).toBe(
      'the nearest candidate is at line 22 (expected at 22), where 4 of 5 lines match; ' +
        'at line 24 the patch has "w->state = 1;" and the tree has "w->state = 0;"',
    );
    expect(result.patched.has(widgetPath)).toBe(false);
    expect(result.failed).toEqual(new Set([widgetPath]));
    expect(result.read(widgetPath)).toBe(widgetBefore);
    expect(result.problems).toMatchObject([
      {
        severity: 'error',
        input: '1.patch',
        line: 13,
        message: expect.stringContaining(`${widgetPath} is left out: hunk 2`) as string,
      },
    ]);
    expect([result.added, result.removed]).toEqual([3, 0]);
    expect(result.patched.has(gadget)).toBe(true);
  });

  test('in all patches of the series', async () => {
    const result = await apply(tree, widgetDiff, widgetDiff, gadgetDiff);
    expect(result.failed).toEqual(new Set([widgetPath]));
    expect(result.read(widgetPath)).toBe(widgetBefore);
    expect(result.hunks.map(({ applied }) => applied)).toEqual([true, true, false, false, true]);
    expect([result.added, result.removed]).toEqual([3, 0]);
    const later = await apply(tree, failing, widgetDiff);
    expect(later.patched.size).toBe(0);
    expect(later.problems[1]!.message).toContain('another part of the series');
  });

  test('with the file it was before it was renamed', async () => {
    const rename = 'diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n';
    const again = 'diff --git a/y b/z\nsimilarity index 100%\nrename from y\nrename to z\n';
    const result = await apply({ x: 'a\n' }, rename, again, diffOf('z', '@@ -1 +1 @@\n-b\n+c\n'));
    expect([result.read('x'), result.read('y'), result.read('z')]).toEqual(['a\n', null, null]);
    expect([...result.failed].sort()).toEqual(['x', 'z']);
  });

  test.each([
    ['a file that is not there', {}, diffOf('x', '@@ -1 +1 @@\n-a\n+b\n'), 'the tree has no x'],
    [
      'a new file that is there',
      { x: 'a\n' },
      '--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n',
      'the tree already has it, with other content',
    ],
    [
      'a new file that is there already',
      { x: 'b\n' },
      '--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+b\n',
      'the tree already has it, with this content',
    ],
    ['a deleted file with more in it', { x: 'a\nb\n' }, '--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n', '1 more lines'],
    [
      'a rename onto a file',
      { x: 'a\n', y: 'b\n' },
      'diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n',
      'already has y',
    ],
    [
      'a copy onto a file',
      { x: 'a\n', y: 'b\n' },
      'diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n',
      'already has y',
    ],
    ['a patch that is in', { [widgetPath]: widgetAfter }, widgetDiff, 'already has the lines that it would make'],
    [
      'lines that are nowhere',
      { x: 'q\n' },
      diffOf('x', '@@ -1,2 +1,2 @@\n c\n-a\n+b\n'),
      'none of its context and removed lines',
    ],
    ['an insertion beyond the end', { x: 'q\n' }, diffOf('x', '@@ -7,0 +8 @@\n+b\n'), 'the file has only 1 lines'],
    ['a hunk for the end', { x: 'a\nb\nc\nd\n' }, diffOf('x', '@@ -1,2 +1,3 @@\n a\n b\n+B\n'), 'the end of the file'],
    ['a hunk for the start', { x: 'q\na\nb\n' }, diffOf('x', '@@ -1,2 +1,3 @@\n+A\n a\n b\n'), 'the start of the file'],
    [
      'hunks in the wrong order',
      { x: 'a\nb\nc\nd\n' },
      diffOf('x', '@@ -2,3 +2,4 @@\n b\n c\n+C\n d\n', '@@ -1,3 +2,4 @@\n a\n b\n+B\n c\n'),
      'the hunk before it is there',
    ],
  ])('%s', async (_, files, patch, reason) => {
    const series = await readPatches([{ name: 'x', bytes: Buffer.from(patch) }]);
    const result = applyPatches(memoryTree(files), series);
    expect(result.patched.size).toBe(0);
    expect(result.problems).toMatchObject([{ severity: 'error', message: expect.stringContaining(reason) as string }]);
    expect(result.hunks.filter(({ applied }) => !applied).every(({ message }) => message !== null)).toBe(true);
    expect([result.added, result.removed]).toEqual([0, 0]);
  });

  test('a copy that fails leaves the file that it copies alone', async () => {
    const copy = `diff --git a/${widgetPath} b/x\nsimilarity index 90%\ncopy from ${widgetPath}\ncopy to x\n`;
    const result = await apply({ ...tree, x: '' }, widgetDiff, copy);
    expect(result.failed).toEqual(new Set(['x']));
    expect(result.read(widgetPath)).toBe(widgetAfter);
  });

  test('a file that the tree refuses to read', async () => {
    const series = await readPatches([{ name: 'x', bytes: Buffer.from(widgetDiff + gadgetDiff) }]);
    const files = memoryTree(tree);
    const result = applyPatches(
      {
        ...files,
        read: (path) => {
          if (path === widgetPath) throw new TreeError(path, 'too large', 'Cut it.');
          return files.read(path);
        },
      },
      series,
    );
    expect(result.problems).toMatchObject([{ message: `${widgetPath} is left out: too large` }]);
    expect(result.hunks.map(({ applied }) => applied)).toEqual([false, false, true]);
  });
});
