import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith, tree61, tree612 } from '../testing/inputs.js';
import { functionsOf, parse } from './testing/parse.js';

/** Files that must be parsed without an error: the ones the measurements of the front end were made on. */
const cleanFiles = [
  ...['tee_core.c', 'tee_shm.c', 'tee_shm_pool.c'].map((name) => `drivers/tee/${name}`),
  ...['call.c', 'core.c', 'device.c', 'ffa_abi.c', 'notif.c', 'rpc.c', 'smc_abi.c', 'supp.c'].map(
    (name) => `drivers/tee/optee/${name}`,
  ),
  ...['dma-buf.c', 'dma-heap.c', 'udmabuf.c', 'heaps/system_heap.c'].map((name) => `drivers/dma-buf/${name}`),
  'drivers/gpu/drm/drm_prime.c',
  'drivers/gpu/drm/drm_gem.c',
  'drivers/misc/fastrpc.c',
];

function sourcesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.c'))
    .sort()
    .map((name) => join(directory, name));
}

interface Tally {
  functions: number;
  /** `file: problem` of every error, and the functions that have one. */
  readonly errors: string[];
  readonly damaged: Set<string>;
}

function tally(files: readonly string[]): Tally {
  const result: Tally = { functions: 0, errors: [], damaged: new Set() };
  for (const file of files) {
    const unit = parse(readFileSync(file, 'utf8'));
    result.functions += functionsOf(unit).length;
    for (const problem of unit.problems) {
      if (problem.severity !== 'error') continue;
      result.errors.push(`${file}:${problem.line}: ${problem.message}`);
      result.damaged.add(`${file} ${problem.function ?? problem.line}`);
    }
  }
  return result;
}

describeWith({ 'kernel 6.12': tree612 }, 'Linux 6.12', () => {
  test.each(cleanFiles)('%s has no error', (file) => {
    const { functions, errors } = tally([join(tree612!, file)]);
    expect(errors).toEqual([]);
    expect(functions).toBeGreaterThan(0);
  });

  test('errors in at most one of a thousand functions of some drivers', { timeout: 120_000 }, () => {
    const places = ['tee', 'dma-buf', 'misc', 'char', 'accel'];
    const { functions, damaged } = tally(places.flatMap((name) => sourcesBelow(join(tree612!, 'drivers', name))));
    expect(functions).toBeGreaterThan(8000);
    expect([...damaged].slice(0, damaged.size <= functions / 1000 ? 0 : 20)).toEqual([]);
  });
});

describeWith({ 'kernel 6.1': tree61 }, 'Linux 6.1', () => {
  test('the TEE subsystem and dma-buf have no error', () => {
    const files = ['tee', 'dma-buf'].flatMap((name) => sourcesBelow(join(tree61!, 'drivers', name)));
    const { functions, errors } = tally([...files, join(tree61!, 'drivers/misc/fastrpc.c')]);
    expect(errors).toEqual([]);
    expect(functions).toBeGreaterThan(500);
  });
});
