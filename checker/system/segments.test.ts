import { describe, expect, it } from 'vitest';
import { revisionById } from '../../models/revisions/index.js';
import { scenarioById } from '../../models/scenarios/index.js';
import { resolveRevision } from '../resolveRevision.js';
import { link } from './link.js';
import { defaultOptions } from './linkedSystem.js';
import { furtherParts, segmentsOf } from './segments.js';

const linked = (assumeFixed: readonly string[] = []) =>
  link(resolveRevision(revisionById('v4')!, revisionById), scenarioById('allocate-close')!, {
    ...defaultOptions,
    assumeFixed,
  });
const system = linked();
const segments = segmentsOf(system);
const further = furtherParts(system, segments);

describe('the segments of a state', () => {
  it('cover each word of objects and threads once', () => {
    const owner = new Int32Array(system.width).fill(-1);
    segments.forEach(({ start, length }, segment) => {
      for (let at = start; at < start + length; at += 1) {
        expect(owner[at]).toBe(-1);
        owner[at] = segment;
      }
    });
    for (const { index, header, layout } of system.objects)
      for (let at = header; at <= header + layout.size; at += 1) expect(segments[owner[at]!]!.object).toBe(index);
    system.threads.forEach(({ base, size }, thread) => {
      const own = segments.length - 1 - system.threads.length + thread;
      expect(segments[own]).toMatchObject({ start: base, length: size, object: -1 });
    });
  });

  it('number the first part of an object as the object, and find its others', () => {
    for (const { index, header } of system.objects) {
      expect(segments[index]).toMatchObject({ start: header, object: index });
      const parts = segments.flatMap(({ object }, segment) => (object === index && segment !== index ? [segment] : []));
      const from = further[index]!;
      expect(parts).toEqual(Array.from({ length: further[index + 1]! - from }, (_, at) => from + at));
    }
  });

  it('keep the lifecycle cells of a large object apart, and small ones whole', () => {
    const device = system.objects.find(({ tag }) => tag === 'tee_device')!;
    const parts = segments.filter(({ object }) => object === device.index);
    for (const { start, length } of parts) {
      const inside = device.layout.cells.filter(({ offset }) => {
        const at = device.header + 1 + offset;
        return at >= start && at < start + length;
      });
      expect(inside.length).toBeLessThan(2);
    }
    // The plain counter of users stands behind the reference count of the character device, and is none of that.
    const users = device.header + 1 + device.layout.fields.get('num_users')!.offset;
    expect(parts.some(({ start }) => start === users)).toBe(true);
    const shm = system.objects.find(({ tag }) => tag === 'tee_shm')!;
    expect(segments.filter(({ object }) => object === shm.index)).toHaveLength(1);
  });

  it('are whole objects where freed memory keeps what it held, and where an object belongs to a thread', () => {
    const kept = linked(['no-such-finding']);
    expect(segmentsOf(kept)).toHaveLength(kept.objects.length + kept.threads.length + 1);
    const files = system.objects.filter(({ tag }) => tag === 'files_struct' || tag === 'task_struct');
    expect(files.length).toBeGreaterThan(1);
    for (const { index } of files) expect(further[index + 1]).toBe(further[index]);
  });
});
