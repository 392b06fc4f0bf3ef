import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { applyPatches } from '../../models/c/intake/applyPatches.js';
import { openDirectoryTree } from '../../models/c/intake/directoryTree.js';
import { readPatches } from '../../models/c/intake/readPatches.js';
import type { PatchedTree } from '../../models/c/intake/tree.js';
import { liftProgram } from '../../models/c/lift/liftProgram.js';
import { defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { describeWith, seedPatch, tree612 } from '../../models/c/testing/inputs.js';
import { coverageOf, liftedFrom, measuredPlaces } from './liftCoverage.js';
import { teeSubsystem } from './subsystem.js';
import { vocabularyFor } from './vocabularyFor.js';

/** The functions that the patch adds. */
const added = [
  'tee_ioctl_rstmem_alloc',
  'tee_rstmem_alloc',
  'rstmem_pool_op_gen_alloc',
  'rstmem_pool_op_gen_free',
  'tee_rstmem_gen_pool_alloc',
];

describeWith({ tree612, seedPatch }, 'how much of real C has a form', () => {
  let tree: PatchedTree;
  beforeAll(async () => {
    tree = applyPatches(
      openDirectoryTree(tree612!),
      await readPatches([{ name: 'patch', bytes: readFileSync(seedPatch!) }]),
    );
  });

  it('lifts at least as many functions exactly as the measurements did, and blocks fewer', () => {
    const places = Object.entries(measuredPlaces).map(([place, paths]) => [place, coverageOf(liftedFrom(tree, paths))]);
    const figures = new Map(places as [string, ReturnType<typeof coverageOf>][]);
    const sum = (what: 'functions' | 'exact' | 'blocked') =>
      [...figures.values()].reduce((total, figure) => total + figure[what], 0);
    const tee = figures.get('drivers/tee')!;
    expect(tee.exact / tee.functions).toBeGreaterThanOrEqual(0.82);
    expect(sum('functions')).toBeGreaterThan(450);
    expect(sum('exact') / sum('functions')).toBeGreaterThanOrEqual(0.76);
    expect(sum('blocked') / sum('functions')).toBeLessThan(0.005);
  });

  it('lifts the functions that the patch adds without a remark, with the lines of the mail', () => {
    const functions = liftedFrom(tree, ['drivers/tee/']);
    const ofPatch = functions.filter(
      ({ definition, patchedLines, line, endLine }) =>
        added.includes(definition.name) ||
        (definition.name.startsWith('rstmem_dma') && patchedLines.length > (endLine - line) / 2),
    );
    expect(ofPatch.length).toBe(13);
    for (const { definition, remarks } of ofPatch) {
      expect(remarks.filter(({ level }) => level !== 'note')).toEqual([]);
      const withLine = definition.body.filter((statement) => statement.line !== undefined);
      expect(withLine.length).toBeGreaterThan(0);
      expect(withLine.every((statement) => statement.mailLine !== undefined)).toBe(true);
    }
  });

  it('never makes another program in silence of a call whose semicolon is gone', () => {
    const file = 'drivers/tee/tee_shm.c';
    const text = tree.read(file)!;
    const base = openDirectoryTree(tree612!);
    const lift = (mutated: string) =>
      liftProgram({
        tree: {
          ...base,
          version: base.version,
          list: (path) => base.list(path),
          blobId: () => null,
          read: (path) => (path === file ? mutated : tree.read(path)),
        },
        files: [file],
        vocabulary: vocabularyFor(teeSubsystem, '6.12'),
        configuration: defaultConfiguration(),
      });
    const programs = (mutated: string) => {
      const lifted = lift(mutated);
      const told =
        lifted.problems.filter(({ severity, file: where }) => severity === 'error' && where === file).length +
        lifted.functions.flatMap(({ remarks }) => remarks).filter(({ level }) => level === 'blocked').length;
      return { told, text: JSON.stringify(lifted.functions.map(({ definition }) => definition.body)) };
    };
    const original = programs(text);
    const silent: number[] = [];
    const places = [...text.matchAll(/\w\([^;{}]*\);\n/g)].map((match) => match.index + match[0].length - 2);
    expect(places.length).toBeGreaterThan(50);
    for (const at of places.filter((_, index) => index % 2 === 0)) {
      const mutant = programs(`${text.slice(0, at)} ${text.slice(at + 1)}`);
      if (mutant.told <= original.told && mutant.text !== original.text)
        silent.push(text.slice(0, at).split('\n').length);
    }
    expect(silent).toEqual([]);
  });
});
