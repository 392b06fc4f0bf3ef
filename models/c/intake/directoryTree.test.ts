import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith, tree61, tree612 } from '../testing/inputs.js';
import { openDirectoryTree } from './directoryTree.js';
import { treeErrorOf } from './testing/treeErrorOf.js';

describe('a tree in a directory', () => {
  let root = '';
  const put = (path: string, content: string | Uint8Array) => writeFileSync(join(root, path), content);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'interleaf-'));
    for (const directory of ['drivers', 'drivers/tee', 'fs']) mkdirSync(join(root, directory));
    put('Makefile', '# SPDX\nVERSION = 6\nPATCHLEVEL = 13\nSUBLEVEL = 0\nEXTRAVERSION = -rc4\nNAME = x\n');
    put('drivers/tee/a.c', 'int a;\n');
    put('drivers/tee/b.c', '\ufeffint b;\r\n');
    put('drivers/tee/latin1.c', Buffer.from('/* \xe9 */\n', 'latin1'));
    put('drivers/tee/binary.c', 'a\0b');
    put('drivers/tee/utf16.c', Buffer.from([0xff, 0xfe, 0x41, 0x42]));
    put('drivers/tee/large.h', 'x'.repeat(1000));
    symlinkSync('a.c', join(root, 'drivers/tee/inside.c'));
    symlinkSync('/etc/hostname', join(root, 'drivers/tee/outside.c'));
    symlinkSync('../../..', join(root, 'drivers/tee/up'));
    symlinkSync('nowhere.c', join(root, 'drivers/tee/dangling.c'));
    symlinkSync('self.c', join(root, 'drivers/tee/self.c'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  test('has the version of its Makefile', () => {
    expect(openDirectoryTree(root)).toMatchObject({ name: root, version: '6.13.0-rc4' });
  });

  test('reads files, without byte order mark, and replaces what is not UTF-8', () => {
    const tree = openDirectoryTree(root);
    expect(tree.read('drivers/tee/a.c')).toBe('int a;\n');
    expect(tree.read('./drivers//fs/../tee/b.c')).toBe('int b;\r\n');
    expect(tree.read('drivers/tee/latin1.c')).toBe('/* \ufffd */\n');
    expect(tree.read('drivers/tee/inside.c')).toBe('int a;\n');
    expect(
      ['nope.c', 'drivers', 'drivers/tee/a.c/x', 'drivers/tee/dangling.c', 'x'.repeat(300)].map((path) =>
        tree.read(path),
      ),
    ).toEqual(Array(5).fill(null));
  });

  test('knows the ids that git gives to the bytes of files', () => {
    const tree = openDirectoryTree(root);
    // printf 'int a;\n' | git hash-object --stdin
    expect(tree.blobId('drivers/tee/a.c')).toBe('4e610c04d58371663d95ca8237eea260b08f090c');
    expect(tree.blobId('drivers/tee/b.c')).not.toBe(tree.blobId('drivers/tee/a.c'));
    expect(tree.blobId('nope.c')).toBeNull();
  });

  test('lists the files of a directory', () => {
    const tree = openDirectoryTree(root);
    expect(tree.list('')).toEqual(['Makefile']);
    expect(tree.list('drivers')).toEqual([]);
    expect(tree.list('nope')).toEqual([]);
    expect(tree.list('drivers/tee')).toEqual(
      ['a.c', 'b.c', 'binary.c', 'inside.c', 'large.h', 'latin1.c', 'outside.c', 'utf16.c'].sort(),
    );
  });

  test.each([
    ['the directory above', '../x', 'leads out of'],
    ['the directory above, later', 'drivers/../../x', 'leads out of'],
    ['an absolute path', '/etc/hostname', 'leads out of'],
    ['a NUL byte in the path', 'drivers\0', 'leads out of'],
    ['a link out of the tree', 'drivers/tee/outside.c', 'symbolic link leads out'],
    ['a link to a directory out of the tree', 'drivers/tee/up', 'symbolic link leads out'],
    ['a link to itself', 'drivers/tee/self.c', 'ELOOP'],
    ['a binary file', 'drivers/tee/binary.c', 'NUL byte at offset 1'],
    ['UTF-16', 'drivers/tee/utf16.c', 'UTF-16'],
    ['a file beyond the limit', 'drivers/tee/large.h', '1000 bytes, more than the limit of 999'],
  ])('refuses %s', (_, path, reason) => {
    const { place, message } = treeErrorOf(() => openDirectoryTree(root, { maxFileSize: 999 }).read(path));
    expect(place).toBe(path);
    expect(message).toContain(reason);
  });

  test.each([
    ['a directory that is not there', () => join(root, 'nope'), 'no such directory'],
    ['a file', () => join(root, 'Makefile'), 'a file, not a directory'],
    ['a directory without a Makefile', () => join(root, 'drivers'), 'not the root of a kernel tree'],
  ])('does not open %s', (_, place, reason) => {
    expect(treeErrorOf(() => openDirectoryTree(place())).message).toContain(reason);
  });
});

describeWith({ INTERLEAF_TREE_6_12: tree612, INTERLEAF_TREE_6_1: tree61 }, 'Debian’s kernel trees', () => {
  test('open with their versions', () => {
    expect(openDirectoryTree(tree612!).version).toMatch(/^6\.12\.\d+$/);
    expect(openDirectoryTree(tree61!).version).toMatch(/^6\.1\.\d+$/);
  });

  test('have the files of the subsystem', () => {
    expect(openDirectoryTree(tree612!).list('drivers/tee')).toContain('tee_core.c');
    expect(openDirectoryTree(tree612!).read('drivers/tee/tee_core.c')).toContain('tee_ioctl(');
  });
});
