import { describe, expect, it } from 'vitest';
import { lowerFunction } from '../program/lowerFunction.js';
import { successorsOf } from '../program/program.js';
import type { Revision } from './revision.js';
import { v4, v4Functions } from './v4.js';
import { v4Branches } from './v4Branches.js';
import { v4CompleteAfterUnlock } from './v4CompleteAfterUnlock.js';
import { v4NoStubs } from './v4NoStubs.js';
import { v4PinDevice } from './v4PinDevice.js';
import { v6_12 } from './v6_12.js';

/** Functions of the base with a branch of the patch in them. */
const hunks: ReadonlySet<string> = new Set(['tee_ioctl', 'tee_shm_release']);
const patch = v4Functions.filter((definition) => definition.patched);
const program = (name: string, revision: Revision = v4) =>
  lowerFunction(revision.functions.find((definition) => definition.name === name)!);

describe('v4', () => {
  it('has every function of the patch, and no other, marked as such', () => {
    expect(patch.map(({ name }) => name).sort()).toEqual([
      'rstmem_dma_attach',
      'rstmem_dma_buf_begin_cpu_access',
      'rstmem_dma_buf_end_cpu_access',
      'rstmem_dma_buf_free',
      'rstmem_dma_buf_mmap',
      'rstmem_dma_detach',
      'rstmem_dma_map_dma_buf',
      'rstmem_dma_unmap_dma_buf',
      'rstmem_pool_op_gen_alloc',
      'rstmem_pool_op_gen_free',
      'tee_ioctl',
      'tee_ioctl_rstmem_alloc',
      'tee_rstmem_alloc',
      'tee_rstmem_gen_pool_alloc',
      'tee_shm_release',
    ]);
  });

  it.each(patch.filter(({ name }) => !hunks.has(name)))('gives every step of $name its line', ({ name }) => {
    for (const node of program(name).nodes) {
      // The memory of locals is taken before the first line.
      if (node.kind === 'alloc' && node.stack) continue;
      expect(node.span.line, JSON.stringify(node)).toBeDefined();
    }
  });

  it.each([
    ['tee_ioctl', [875, 876]],
    ['tee_shm_release', [58, 59]],
  ] as const)('changes only the lines of the hunk in %s', (name, lines) => {
    const base = program(name, v6_12);
    const changed = program(name);
    const found = new Set(changed.nodes.map((node) => node.span.line).filter((line) => line !== undefined));
    expect([...found].sort((a, b) => a - b)).toEqual(lines);
    const kept = changed.nodes.filter((node) => node.span.line === undefined).map((node) => node.kind);
    expect(kept).toEqual(base.nodes.map((node) => node.kind));
  });

  it.each(v4Branches)('has the edge of branch $id', (branch) => {
    const { nodes } = program(branch.function);
    const edges = nodes.flatMap((node) =>
      node.span.line === branch.line ? successorsOf(node).map((next) => nodes[next]!.span.line) : [],
    );
    expect(edges).toContain(branch.next);
  });

  it('keeps every field of the structs it extends', () => {
    for (const tag of ['tee_shm', 'tee_driver_ops']) {
      const fields = v4.types.find((type) => type.tag === tag)!.fields.map((field) => field.name);
      expect(new Set(fields).size).toBe(fields.length);
      expect(fields.length).toBeGreaterThan(5);
    }
  });
});

describe('variants of v4', () => {
  it('v4-no-stubs lacks the operations that only refuse, and nothing else', () => {
    const names = (revision: Revision) => revision.functions.map(({ name }) => name);
    expect(names(v4).filter((name) => !names(v4NoStubs).includes(name))).toEqual([
      'rstmem_dma_buf_begin_cpu_access',
      'rstmem_dma_buf_end_cpu_access',
      'rstmem_dma_buf_mmap',
    ]);
    const ops = v4NoStubs.tables.find(({ name }) => name === 'rstmem_generic_buf_ops')!;
    expect(Object.keys(ops.fields)).toEqual(['attach', 'detach', 'map_dma_buf', 'unmap_dma_buf', 'release']);
  });

  it.each([
    [v4CompleteAfterUnlock, ['tee_device_put']],
    [v4PinDevice, ['tee_device_put', 'tee_shm_put']],
  ] as const)('$0.id changes only how references are put', (revision, names) => {
    const added = revision.functions.filter((definition) => !v4.functions.includes(definition));
    expect(added.map(({ name }) => name)).toEqual(names);
    expect(revision.tables).toBe(v4.tables);
  });

  const callsOf = (revision: Revision) =>
    program('tee_device_put', revision).nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []));

  it('complete and unlock in the order they are named after', () => {
    expect(callsOf(v6_12)).toEqual(['mutex_lock', 'WARN_ON', 'complete', 'mutex_unlock']);
    expect(callsOf(v4CompleteAfterUnlock)).toEqual(['mutex_lock', 'WARN_ON', 'mutex_unlock', 'complete']);
    expect(callsOf(v4PinDevice)).toEqual([
      'get_device',
      'mutex_lock',
      'WARN_ON',
      'complete',
      'mutex_unlock',
      'put_device',
    ]);
  });
});
