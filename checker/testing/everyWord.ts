import type { LinkedSystem } from '../system/linkedSystem.js';
import type { Segment } from '../system/segments.js';

interface Segments {
  segmentsOf(system: LinkedSystem): readonly Segment[];
}

/**
 * The module `checker/system/segments.ts` as it would be if each word of an object were a part of its own: what `vi.mock` puts in its place.
 * Threads' tasks and files stay whole, and so does every object of a system with assumptions about fixed fields, as in the module itself.
 */
export function everyWord(original: Segments): Segments {
  const known = new WeakMap<LinkedSystem, readonly Segment[]>();
  return {
    ...original,
    segmentsOf: (system) => {
      const segments = known.get(system) ?? cut(system, original.segmentsOf(system));
      known.set(system, segments);
      return segments;
    },
  };
}

function cut(system: LinkedSystem, segments: readonly Segment[]): readonly Segment[] {
  if (system.options.assumeFixed.length > 0) return segments;
  const isTheirs = (tag: string) => tag === 'task_struct' || tag === 'files_struct';
  const objects = system.objects.map(({ index, header, layout, tag }) => {
    const length = isTheirs(tag) ? layout.size + 1 : 1;
    return { kind: `${tag} 0 ${length}`, start: header, length, object: index };
  });
  const words = system.objects.flatMap(({ index, header, layout, tag }) =>
    Array.from({ length: isTheirs(tag) ? 0 : layout.size }, (_, at) => {
      return { kind: `${tag} ${at + 1}`, start: header + 1 + at, length: 1, object: index };
    }),
  );
  return [...objects, ...words, ...segments.slice(-1 - system.threads.length)];
}
