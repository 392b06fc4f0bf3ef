import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gitRange } from './gitRange.js';
import { openGitTree } from './gitTree.js';
import { treeErrorOf } from './testing/treeErrorOf.js';
import { widgetAfter, widgetBefore, widgetPath } from './testing/widget.js';

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)(`a small git repository${hasGit ? '' : ' (needs git)'}`, () => {
  let root = '';
  const put = (path: string, content: string | Uint8Array) => writeFileSync(join(root, path), content);
  const git = (...args: string[]) => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org', '-c', 'commit.gpgsign=false'];
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    return execFileSync('git', ['-C', root, ...identity, ...args], { env, encoding: 'utf8' }).trim();
  };
  const commit = (subject: string, tag: string) => {
    git('add', '-A');
    git('commit', '-q', '-m', subject);
    git('tag', tag);
  };

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'interleaf-'));
    git('init', '-q');
    put('README', 'not a kernel yet\n');
    commit('Begin', 'empty');
    mkdirSync(join(root, 'drivers/misc'), { recursive: true });
    put('Makefile', 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\n');
    put(widgetPath, widgetBefore);
    put('drivers/misc/moved.c', 'int a;\nint b;\nint c;\nint d;\nint e;\n');
    put('drivers/misc/gone.c', 'int gone;\n');
    put('drivers/misc/firmware.bin', Buffer.from([1, 0, 2]));
    put('drivers/misc/large.h', '#define X 1\n');
    symlinkSync('widget.c', join(root, 'drivers/misc/link.c'));
    symlinkSync('../../../outside.c', join(root, 'drivers/misc/out.c'));
    symlinkSync('self.c', join(root, 'drivers/misc/self.c'));
    commit('Import the kernel', 'A');
    put(widgetPath, widgetAfter);
    commit('widget: count resets', 'middle');
    git('mv', 'drivers/misc/moved.c', 'drivers/misc/here.c');
    put('drivers/misc/here.c', 'int a;\nint b;\nint c;\nint d;\nint f;\n');
    git('rm', '-q', 'drivers/misc/gone.c');
    put('drivers/misc/new.c', 'int new;\n');
    put('drivers/misc/firmware.bin', Buffer.from([1, 0, 3]));
    put('drivers/misc/large.h', `${'#define X 1\n'.repeat(200)}`);
    commit('misc: tidy up', 'B');
    put(widgetPath, 'the work tree is not looked at\n');
    put('drivers/misc/untracked.c', '');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  describe('a tree of a commit', () => {
    test('has the files of the commit, whatever the work tree has', () => {
      const tree = openGitTree(root, 'A');
      expect(tree).toMatchObject({ name: 'A', version: '6.12.0' });
      expect(tree.read(widgetPath)).toBe(widgetBefore);
      expect(tree.read('drivers/misc/../misc/link.c')).toBe(widgetBefore);
      expect(tree.read('drivers/misc/new.c')).toBeNull();
      expect(tree.read('drivers')).toBeNull();
      expect(tree.blobId(widgetPath)).toBe(git('rev-parse', `A:${widgetPath}`));
      expect(tree.list('drivers/misc')).toContain('gone.c');
      expect(tree.list('drivers/misc')).not.toContain('untracked.c');
      expect(tree.list('')).toEqual(['Makefile', 'README']);
    });

    test('can be opened by id, and from a directory below the root', () => {
      const id = git('rev-parse', 'B');
      expect(openGitTree(join(root, 'drivers/misc'), id).read('drivers/misc/new.c')).toBe('int new;\n');
    });

    test.each([
      ['a link out of the tree', 'drivers/misc/out.c', 'leads out of the tree'],
      ['a link to itself', 'drivers/misc/self.c', 'circle'],
      ['a binary file', 'drivers/misc/firmware.bin', 'NUL byte'],
      ['a path out of the tree', '../x', 'leads out of'],
      ['a large file', 'drivers/misc/large.h', 'more than the limit'],
    ])('refuses %s', (_, path, reason) => {
      expect(treeErrorOf(() => openGitTree(root, 'B', { maxFileSize: 1000 }).read(path)).message).toContain(reason);
    });

    test.each([
      ['a commit that is not there', 'nope', 'no such commit'],
      ['something that looks like an option', '--help', 'cannot be the name of a commit'],
      ['an option with an argument', '--output=x', 'cannot be the name of a commit'],
      ['a range', 'A..B', 'cannot be the name of a commit'],
      ['nothing', '', 'cannot be the name of a commit'],
      ['a name with a line end', 'A\nB', 'cannot be the name of a commit'],
      ['a commit of something else', 'empty', 'not of a kernel tree'],
      ['a file', `A:${widgetPath}`, 'no such commit'],
    ])('does not open %s', (_, name, reason) => {
      expect(treeErrorOf(() => openGitTree(root, name)).message).toContain(reason);
    });

    test('does not open a directory without a repository', () => {
      expect(treeErrorOf(() => openGitTree(tmpdir(), 'HEAD')).message).toContain('not a git repository');
      expect(treeErrorOf(() => openGitTree(join(root, 'nope'), 'HEAD')).message).toContain('nope');
    });

    test('says so where there is no git', () => {
      const path = process.env['PATH'];
      process.env['PATH'] = root;
      try {
        expect(treeErrorOf(() => openGitTree(root, 'A')).message).toContain('git is not installed');
      } finally {
        process.env['PATH'] = path;
      }
    });

    test('looks at the directory it is given, not at the repository of a hook', () => {
      process.env['GIT_DIR'] = join(root, 'nope');
      try {
        expect(openGitTree(root, 'A').version).toBe('6.12.0');
      } finally {
        delete process.env['GIT_DIR'];
      }
    });
  });

  describe('a range', () => {
    test('has the files of its end, over those of its beginning', () => {
      const { base, patched, subjects } = gitRange(root, 'A..B');
      expect(subjects).toEqual(['widget: count resets', 'misc: tidy up']);
      expect(base.read(widgetPath)).toBe(widgetBefore);
      expect(patched.patched.get(widgetPath)).toMatchObject({ text: widgetAfter, addedLines: [7, 26], created: false });
      expect(patched.patched.get('drivers/misc/new.c')).toMatchObject({
        text: 'int new;\n',
        addedLines: [1],
        created: true,
      });
      expect(patched.patched.get('drivers/misc/here.c')).toMatchObject({ addedLines: [5], created: false });
      expect([patched.patched.get('drivers/misc/moved.c'), patched.patched.get('drivers/misc/gone.c')]).toEqual([
        null,
        null,
      ]);
      expect(patched.list('drivers/misc')).toEqual([
        'firmware.bin',
        'here.c',
        'large.h',
        'link.c',
        'new.c',
        'out.c',
        'self.c',
        'widget.c',
      ]);
      expect([patched.added, patched.removed]).toEqual([2 + 1 + 1 + 199, 1 + 1 + 1]);
      expect(git('diff', '--shortstat', '-M', 'A', 'B')).toContain('203 insertions(+), 3 deletions(-)');
      expect(patched.hunks.every(({ applied, inputLine }) => applied && inputLine === 0)).toBe(true);
      expect(patched.bases).toContainEqual(expect.objectContaining({ path: widgetPath, base: 'same' }));
    });

    test('names the binary files that it leaves out', () => {
      const { patched } = gitRange(root, 'A..B');
      expect(patched.problems).toMatchObject([
        { severity: 'error', input: 'A..B', line: null, message: 'drivers/misc/firmware.bin: this is a binary patch' },
      ]);
    });

    test('names the files that are too large', () => {
      const { patched } = gitRange(root, 'A..B', { maxFileSize: 1000 });
      expect(patched.failed).toEqual(new Set(['drivers/misc/large.h']));
      expect(patched.problems).toHaveLength(2);
      expect(patched.read('drivers/misc/large.h')).toBe('#define X 1\n');
    });

    test('can be one commit, and end at HEAD', () => {
      const one = gitRange(root, 'middle');
      expect(one).toMatchObject({ subjects: ['widget: count resets'], base: { name: 'middle^' } });
      expect([...one.patched.patched.keys()]).toEqual([widgetPath]);
      expect(gitRange(root, 'A..').subjects).toHaveLength(2);
    });

    test('is not changed by what the configuration says about diffs', () => {
      const plain = gitRange(root, 'A..B').patched;
      const settings = {
        'diff.noprefix': 'true',
        'diff.external': 'false',
        'diff.renames': 'false',
        'diff.context': '7',
        'diff.interHunkContext': '50',
      };
      for (const [name, value] of Object.entries(settings)) git('config', name, value);
      const configured = gitRange(root, 'A..B').patched;
      expect(configured.patched).toEqual(plain.patched);
      expect(configured.hunks).toEqual(plain.hunks);
    });

    test.each([
      ['three dots', 'A...B', 'no single base'],
      ['a commit without parent', 'empty', 'no parent'],
      ['an end that is not there', 'A..nope', 'no such commit'],
      ['an option', '--output=x..B', 'cannot be the name'],
      ['an option at the end', 'A..--output=x', 'cannot be the name'],
    ])('cannot have %s', (_, range, reason) => {
      expect(treeErrorOf(() => gitRange(root, range)).message).toContain(reason);
    });
  });
});
