import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith, seedPatch, tree612 } from '../testing/inputs.js';
import { applyPatches } from './applyPatches.js';
import { openDirectoryTree } from './directoryTree.js';
import type { PatchSeries } from './patch.js';
import { readPatches } from './readPatches.js';
import type { PatchedTree } from './tree.js';

const hasPatch = spawnSync('patch', ['--version']).status === 0;

describeWith(
  { INTERLEAF_TREE_6_12: tree612, INTERLEAF_SEED_PATCH: seedPatch },
  'the seed patch on the 6.12 tree',
  () => {
    let series: PatchSeries;
    let tree: PatchedTree;

    beforeAll(async () => {
      series = await readPatches([{ name: 'seed.txt', bytes: readFileSync(seedPatch!) }]);
      tree = applyPatches(openDirectoryTree(tree612!), series);
    });

    test('is patch 1 of 6 of version 4, and the others are missing', () => {
      expect(series).toMatchObject({ version: 4, missing: [2, 3, 4, 5, 6], baseCommit: null, problems: [] });
      expect(series.patches.map(({ subject, number, total }) => [subject, number, total])).toEqual([
        ['tee: add restricted memory allocation', 1, 6],
      ]);
    });

    test('loses the reviewer’s lines, and lists them', () => {
      expect(series.patches[0]!.droppedLines.map(({ inputLine }) => inputLine)).toEqual([
        250, 251, 252, 254, 256, 257, 259,
      ]);
      expect(series.patches[0]!.droppedLines.at(-1)!.text).toBe('> -Sima');
    });

    test('has 9 files and 19 hunks, and the totals of its own diffstat', () => {
      expect(series.patches[0]!.files).toHaveLength(9);
      expect(tree.hunks).toHaveLength(19);
      expect(tree.hunks.every(({ applied }) => applied)).toBe(true);
      expect([tree.added, tree.removed]).toEqual([370, 4]);
      expect([...tree.failed, ...tree.problems]).toEqual([]);
      expect(tree.patched.size).toBe(9);
    });

    test('applies one line further down in tee_core.c, and nowhere else', () => {
      const moved = tree.hunks.filter(({ offset }) => offset !== 0);
      expect(moved.map(({ path, hunk, offset }) => [path, hunk, offset])).toEqual([
        ['drivers/tee/tee_core.c', 2, 1],
        ['drivers/tee/tee_core.c', 3, 1],
        ['drivers/tee/tee_core.c', 4, 1],
      ]);
    });

    test('was made for the tree’s version of six of the eight files that it changes', () => {
      const different = tree.bases.filter(({ base }) => base === 'differs');
      expect(different.map(({ path }) => path)).toEqual(['drivers/tee/tee_core.c', 'drivers/tee/tee_shm.c']);
      expect(tree.bases.filter(({ base }) => base === 'same')).toHaveLength(6);
      expect(different[0]).toMatchObject({
        expected: 'd113679b1e2d',
        found: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      });
    });

    test('knows the line of the mail for each line that it adds', () => {
      const mail = readFileSync(seedPatch!, 'utf8').split('\n');
      let lines = 0;
      for (const file of tree.patched.values()) {
        const text = file!.text.split('\n');
        for (const line of file!.addedLines) {
          expect(mail[file!.inputLines[line - 1]! - 1]!.replace(/^> > \+/, '')).toBe(text[line - 1]);
          expect(file!.inputNames[line - 1]).toBe('seed.txt');
          lines++;
        }
      }
      expect(lines).toBe(370);
    });

    describe.skipIf(!hasPatch)(`compared with patch -l -p1${hasPatch ? '' : ' (needs patch)'}`, () => {
      const directory = mkdtempSync(join(tmpdir(), 'interleaf-'));
      afterAll(() => rmSync(directory, { recursive: true }));

      test('makes the same files, byte by byte', () => {
        for (const { oldPath } of series.patches[0]!.files) {
          if (oldPath === null) continue;
          mkdirSync(dirname(join(directory, oldPath)), { recursive: true });
          cpSync(join(tree612!, oldPath), join(directory, oldPath));
        }
        const diff = readFileSync(seedPatch!, 'utf8')
          .split('\n')
          .filter((line) => /^> >/.test(line))
          .map((line) => line.replace(/^> > ?/, ''));
        writeFileSync(join(directory, 'seed.diff'), `${diff.join('\n')}\n`);
        execFileSync('patch', ['-l', '-p1', '-i', 'seed.diff'], { cwd: directory });
        for (const [path, file] of tree.patched)
          expect(file!.text, path).toBe(readFileSync(join(directory, path), 'utf8'));
      });
    });
  },
);
