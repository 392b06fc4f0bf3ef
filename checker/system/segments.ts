import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { ownersOfStatics } from './owners.js';

/** A stretch of the state vector that is looked at and changed as a whole. Those of one `kind` have the same length. */
export interface Segment {
  readonly kind: string;
  /** Word address. */
  readonly start: number;
  /** Words; 0 for a counter of failures that there is not. */
  readonly length: number;
  /** Index of the object that it is of; -1 for others. */
  readonly object: number;
}

/** Objects of more words than this are cut into parts. */
const largestWhole = 16;

/**
 * How the state vector of a system is cut: objects with their headers in the order of `system.objects`, then further parts of large ones, then
 * threads, then the counter of failures.
 *
 * What a step does is known for all states that agree in the segments that it looks at. Of a large struct a step mostly uses one lock, count
 * or table entry, and its contents as a whole are as many as there are combinations of what its cells hold; so the first segment of a large object
 * ends where its first cell begins, and each cell, with the plain fields behind it, is a segment of its own. An object stays whole if what the parts
 * mean depends on its header: if freed memory keeps its contents, and if it can belong to a thread.
 */
export function segmentsOf(system: LinkedSystem): readonly Segment[] {
  const known = segmentsBySystem.get(system);
  if (known) return known;
  const segments = cut(system);
  segmentsBySystem.set(system, segments);
  return segments;
}

const segmentsBySystem = new WeakMap<LinkedSystem, readonly Segment[]>();

function cut(system: LinkedSystem): Segment[] {
  const [objects, parts]: [Segment[], Segment[]] = [[], []];
  const owners = ownersOfStatics(system);
  const keepsFreed = system.options.assumeFixed.length > 0;
  for (const object of system.objects) {
    const starts = keepsFreed || owners[object.index]! >= 0 ? [0] : partsOf(object);
    starts.forEach((start, at) => {
      const end = starts[at + 1] ?? object.layout.size + 1;
      const kind = at === 0 ? `object ${object.tag}` : `object ${object.tag} from ${start}`;
      const segment = { kind, start: object.header + start, length: end - start, object: object.index };
      (at === 0 ? objects : parts).push(segment);
    });
  }
  return [
    ...objects,
    ...parts,
    ...system.threads.map(({ index, base, size }) => ({
      kind: `thread ${index}`,
      start: base,
      length: size,
      object: -1,
    })),
    { kind: 'faults', start: Math.max(0, system.faultCounter), length: system.faultCounter < 0 ? 0 : 1, object: -1 },
  ];
}

/** By object, where the numbers of its segments behind the first one begin, which has its own number; they end where those of the next one begin. */
export function furtherParts(system: LinkedSystem, segments: readonly Segment[]): Int32Array {
  const first = new Int32Array(system.objects.length + 1);
  for (const { object } of segments) if (object >= 0) first[object + 1]! += 1;
  // One segment of each object is not among them, and they come behind those.
  first[0] = system.objects.length;
  for (let object = 0; object < system.objects.length; object += 1) first[object + 1]! += first[object]! - 1;
  return first;
}

/** Where the parts of an object begin, in words from its header; ascending, 0 the first one. */
function partsOf({ layout }: ObjectSlot): number[] {
  if (layout.size <= largestWhole) return [0];
  const cells = layout.cells.map(({ offset }) => offset);
  const starts = new Set([0, ...cells.map((offset) => offset + 1)]);
  // A plain field behind one that has cells inside is none of theirs.
  const fields = [...layout.fields.values()].sort((one, other) => one.offset - other.offset);
  fields.forEach(({ offset }, at) => {
    const before = fields[at - 1];
    if (before && cells.some((cell) => cell >= before.offset && cell < offset)) starts.add(offset + 1);
  });
  return [...starts].sort((one, other) => one - other);
}
