import { describe, expect, test } from 'vitest';
import { splitLines } from './inputLine.js';
import { reporterFor } from './problem.js';
import { readDiff, type Diff } from './readDiff.js';
import { gadgetDiff, widgetDiff } from './testing/widget.js';

const read = (text: string): Diff => readDiff(splitLines(text), reporterFor('x.diff'));
const names = ({ files }: Diff) => files.map(({ oldPath, newPath, change }) => [change, oldPath, newPath]);
const errors = ({ problems }: Diff) => problems.filter(({ severity }) => severity === 'error');
const widget = 'drivers/misc/widget.c';
const gadget = 'drivers/misc/gadget.c';

describe('files', () => {
  test('have the paths, blob ids and lines of their headers', () => {
    const { files, problems, span } = read(`Hello.\n\n${widgetDiff}`);
    expect(files).toMatchObject([{ change: 'modify', oldPath: widget, newPath: widget, inputLine: 3 }]);
    expect(files[0]!.oldBlob).toMatch(/^[0-9a-f]{12}$/);
    expect(files[0]!.hunks).toMatchObject([
      { oldStart: 4, oldLines: 6, newStart: 4, newLines: 7, inputLine: 7 },
      { oldStart: 22, oldLines: 5, newStart: 23, newLines: 5, inputLine: 15 },
    ]);
    expect(files[0]!.hunks[0]!.lines[3]).toEqual({ kind: '+', text: '\tint resets;', inputLine: 11, noNewline: false });
    expect([problems, span]).toEqual([[], [3, 21]]);
  });

  test('can be new, with the id of no blob left out', () => {
    const diff = read(gadgetDiff);
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(diff.files[0]).toMatchObject({ oldBlob: null, newBlob: 'aaaaaaaaaaaa' });
  });

  test('can be new in a plain diff, by name or by date', () => {
    const plain = gadgetDiff.slice(gadgetDiff.indexOf('---'));
    const dated = plain
      .replace('/dev/null', `old/${gadget}\t1970-01-01 00:00:00.000000000 +0000`)
      .replace(' b/', ' new/');
    expect(names(read(plain))).toEqual([['create', null, gadget]]);
    expect(names(read(dated))).toEqual([['create', null, gadget]]);
  });

  test('can be deleted', () => {
    const diff = `diff --git a/x.c b/x.c\ndeleted file mode 100644\nindex 1234567..0000000\n--- a/x.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-int x;\n`;
    expect(names(read(diff))).toEqual([['delete', 'x.c', null]]);
    expect(read(diff).files[0]).toMatchObject({ oldBlob: '1234567', newBlob: null });
  });

  test.each(['rename', 'copy'])('can be a %s, with and without changes', (move) => {
    const header = `diff --git a/old.c b/new.c\nsimilarity index 90%\n${move} from old.c\n${move} to new.c\n`;
    const hunk = 'index 1234567..89abcde 100644\n--- a/old.c\n+++ b/new.c\n@@ -1 +1 @@\n-int x;\n+int y;\n';
    expect(names(read(header))).toEqual([[move, 'old.c', 'new.c']]);
    expect(names(read(header + hunk))).toEqual([[move, 'old.c', 'new.c']]);
    expect(read(header + hunk).files[0]!.hunks).toHaveLength(1);
  });

  test('can change their mode only, or be empty', () => {
    expect(names(read('diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n'))).toEqual([
      ['modify', 'x.sh', 'x.sh'],
    ]);
    expect(names(read('diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n'))).toEqual([
      ['create', null, 'x'],
    ]);
  });

  test('can have names in quotes, and names with blanks', () => {
    const quoted =
      'diff --git "a/sch\\303\\266n \\"x\\".c" "b/sch\\303\\266n \\"x\\".c"\nold mode 100644\nnew mode 100755\n';
    expect(names(read(quoted))).toEqual([['modify', 'schön "x".c', 'schön "x".c']]);
    expect(names(read('diff --git a/x y.c b/x y.c\nold mode 100644\nnew mode 100755\n'))).toEqual([
      ['modify', 'x y.c', 'x y.c'],
    ]);
  });
});

describe('lines', () => {
  test('know that no newline follows', () => {
    const diff =
      '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ Kein Zeilenumbruch am Dateiende.\n';
    expect(read(diff).files[0]!.hunks[0]!.lines.map(({ noNewline }) => noNewline)).toEqual([true, true]);
  });

  test('that are empty are context whose blank was stripped', () => {
    const { files, problems } = read(widgetDiff.replaceAll(/^ $/gm, ''));
    expect(problems).toEqual([]);
    expect(files[0]!.hunks[0]!.lines[5]).toMatchObject({ kind: ' ', text: '' });
  });

  test('between two hunks of a file are listed', () => {
    const { stray, problems } = read(widgetDiff.replace('@@ -22', 'Why is that?\n@@ -22'));
    expect(problems).toEqual([]);
    expect(stray).toEqual([{ text: 'Why is that?', line: 13 }]);
  });
});

describe('a damaged hunk costs its file, and no other', () => {
  const intact = `${widgetDiff}${gadgetDiff}`;
  const lines = widgetDiff.split('\n');
  const hunkLines = lines.flatMap((line, index) => (index > 4 && line !== '' ? [index] : []));

  test.each(hunkLines)('whichever line of it is missing (line %i)', (index) => {
    const text = [...lines.slice(0, index), ...lines.slice(index + 1)].join('\n');
    const diff = read(text + gadgetDiff);
    // Without a later hunk's header its lines look like too many of the hunk before.
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)).toHaveLength(1);
    expect(errors(diff)[0]!.message).toContain(`${widget} is left out: the hunk`);
  });

  test.each(hunkLines.filter((index) => index > 4))('wherever the input ends (line %i)', (index) => {
    const diff = read(gadgetDiff + lines.slice(0, index).join('\n'));
    const whole = lines[index]!.startsWith('@@') && index > 5;
    expect(names(diff)).toEqual(
      whole
        ? [
            ['create', null, gadget],
            ['modify', widget, widget],
          ]
        : [['create', null, gadget]],
    );
    expect(errors(diff)).toHaveLength(whole ? 0 : 1);
  });

  test('if prose is inside it, with the line of the prose', () => {
    const diff = read(intact.replace('+\tint resets;', 'Really?\n+\tint resets;'));
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)).toMatchObject([{ line: 9, input: 'x.diff' }]);
  });

  test('if lines follow that its header does not count', () => {
    const diff = read(intact.replace('+\tint resets;', '+\tint resets;\n+\tint more;'));
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)).toMatchObject([
      { line: 13, message: expect.stringContaining('other numbers of old and new') as string },
    ]);
  });

  test('if lines follow after its last one', () => {
    const diff = read(widgetDiff + '+int more;\n');
    expect(names(diff)).toEqual([]);
    expect(errors(diff)).toMatchObject([{ line: 20, message: expect.stringContaining('more lines than') as string }]);
  });

  test('if git’s signature comes where a line is missing', () => {
    const cut = widgetDiff.replace('-\tw->users = 0;\n', '');
    expect(names(read(`${cut}-- \n2.43.0\n`))).toEqual([]);
  });

  test('if the next file’s header comes where two lines are missing', () => {
    const plain = (diff: string) => diff.slice(diff.indexOf('---'));
    const cut = plain(widgetDiff)
      .replace('-\tw->users = 0;\n+\tw->resets++;\n', '')
      .replace(/ }\n$/, '')
      .replace('\tw->state = 0;\n', '\tw->state = 0;\n }\n');
    const next = plain(widgetDiff).replaceAll('widget.c', 'other.c');
    const diff = read(cut + next);
    expect(names(diff)).toEqual([['modify', 'drivers/misc/other.c', 'drivers/misc/other.c']]);
    expect(errors(diff)).toHaveLength(1);
  });

  test('if its @@ line is damaged', () => {
    const diff = read(intact.replace('@@ -22,5 +23,5 @@', '@@ -22,5 23,5 @@'));
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)[0]!.message).toContain('the @@ line of the hunk is damaged');
  });

  test('if the counts do not fit a new file', () => {
    expect(names(read(gadgetDiff.replace('@@ -0,0 +1,3 @@', '@@ -1,1 +1,2 @@').replace('+{', ' {')))).toEqual([]);
  });

  test('if none of its hunks is there', () => {
    const diff = read(`diff --git a/x.c b/x.c\nindex 1234567..89abcde 100644\n--- a/x.c\n+++ b/x.c\n${gadgetDiff}`);
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)[0]!.message).toBe('x.c is left out: none of its hunks is there');
  });

  test('a hunk that was cut out whole is noticed by the line numbers of the next', () => {
    const start = widgetDiff.indexOf('@@ -4');
    const { files, problems } = read(widgetDiff.slice(0, start) + widgetDiff.slice(widgetDiff.indexOf('@@ -22')));
    expect(files).toHaveLength(1);
    expect(problems).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('moves lines by 1') as string },
    ]);
  });
});

describe('refuses, and reads the other files', () => {
  const header = (name: string) =>
    `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-a\n+b\n`;

  test.each([
    [
      'a combined diff',
      'diff --cc x.c\nindex 1,2..3\n--- a/x.c\n+++ b/x.c\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n',
      /combined diff of a merge/,
    ],
    [
      'a binary patch',
      'diff --git a/x b/x\nindex 1234567..89abcde 100644\nGIT binary patch\nliteral 3\nabc\n',
      /^x: this is a binary patch/,
    ],
    ['a binary file', 'diff --git a/x b/x\nindex 1234567..89abcde 100644\nBinary files a/x and b/x differ\n', /binary/],
    [
      'a symbolic link',
      'diff --git a/x b/x\nnew file mode 120000\nindex 0000000..1234567\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+y\n',
      /symbolic link/,
    ],
    [
      'a submodule',
      'diff --git a/x b/x\nindex 1234567..89abcde 160000\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n',
      /submodule/,
    ],
    ['a context diff', '*** a/x\n--- b/x\n***************\n*** 1,2 ****\n  a\n! b\n', /context diff/],
    [
      'a hunk of a combined diff',
      '--- a/x.c\n+++ b/x.c\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n',
      /hunk of a combined diff/,
    ],
    ['a hunk without a file', '@@ -1 +1 @@\n-a\n+b\n', /without the name of its file/],
    ['a header of two different files', header('x.c').replace('--- a/x.c', '--- a/y.c'), /another file/],
    ['a header with one name', header('x.c').replace('+++ b/x.c\n', ''), /no \+\+\+ line/],
    ['a file absent on both sides', '--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n', /absent on both sides/],
    ['a way out of the tree', header('../../etc/passwd'), /leads out of the tree/],
    ['a way out in the middle', header('a/../../x'), /leads out of the tree/],
    ['an absolute path', '--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n', /is absolute/],
    ['a drive', '--- C:/x\n+++ C:/x\n@@ -1 +1 @@\n-a\n+b\n', /names a drive/],
    ['a drive below a prefix', header('C:/x'), /names a drive/],
    ['a way out in the place of a prefix', '--- ../x/y.c\n+++ b/x/y.c\n@@ -1 +1 @@\n-a\n+b\n', /leads out of the tree/],
    ['a git directory', header('.git/hooks/post-commit'), /git directory/],
    ['a git directory in other letters', header('x/.GIT/config'), /git directory/],
    ['backslashes', header('x\\..\\y'), /backslashes/],
    [
      'a hostile rename',
      'diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to ../y\n',
      /leads out of the tree/,
    ],
    ['control characters', 'diff --git "a/x\\ny" "b/x\\ny"\nold mode 100644\nnew mode 100755\n', /control characters/],
  ])('%s', (_, text, message) => {
    const diff = read(`${text}${gadgetDiff}`);
    expect(names(diff)).toEqual([['create', null, gadget]]);
    expect(errors(diff)).toMatchObject([{ message: expect.stringMatching(message) as string }]);
    expect(errors(diff)[0]!.next).toMatch(/\.$/);
  });
});
