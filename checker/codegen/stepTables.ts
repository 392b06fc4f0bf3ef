import type { IdEntry } from '../system/idEntries.js';
import type { LockCell } from '../system/lockCells.js';
import type { LinkedSystem } from '../system/linkedSystem.js';

/** What generated code looks up by word address, object, node, function, thread or lock; all of it is fixed by the system. */
export interface StepTables {
  /** By word address: the object there; the number of objects where there is none. */
  readonly objectAt: Int32Array;
  /** By word address: word in which a documented output is noted as written, 0 for none. */
  readonly outputAt: Int32Array;
  /** By word address: 1 for the state of a monitor; 1 for a note that an output was written. */
  readonly isGhost: Uint8Array;
  readonly isOutput: Uint8Array;
  /** By word address: where in `brokenByFree` the states of the cell begin, 0 for none; there 1 if freeing it then breaks something. */
  readonly freeBreaks: Int32Array;
  readonly brokenByFree: Uint8Array;
  /** By object: address of the header, words behind it, position of its tag in `objectTags`. */
  readonly header: Int32Array;
  readonly size: Int32Array;
  readonly tagOf: Int32Array;
  readonly isStatic: Uint8Array;
  readonly isTask: Uint8Array;
  /** By node: its function; for calls the frame offset of the result (-1: none) and the node behind it. */
  readonly functionOf: Int32Array;
  readonly callResult: Int32Array;
  readonly callNext: Int32Array;
  /** By node: `dead[deadFrom[node]]` up to `dead[deadFrom[node + 1]]` are frame offsets that are dead in front of it. */
  readonly deadFrom: Int32Array;
  readonly dead: Int32Array;
  /** By function. */
  readonly frameSize: Int32Array;
  readonly entryOf: Int32Array;
  readonly isKernel: Uint8Array;
  readonly isEntry: Uint8Array;
  /** By thread: pointer to its task, address of its frame pointer, end of its stack. */
  readonly taskOf: Int32Array;
  readonly baseOf: Int32Array;
  readonly stackEndOf: Int32Array;
  /** By lock: its word, its object's header, where its states begin in `lockHolder`, whether it spins, its name. */
  readonly lockAddress: Int32Array;
  readonly lockHeader: Int32Array;
  readonly lockStates: Int32Array;
  readonly lockSpins: Uint8Array;
  readonly lockName: readonly string[];
  /** By lock state: the thread that holds the lock, or -1. */
  readonly lockHolder: Int32Array;
  /** By slot of an IDR: words of its state and of its pointer, state in which that is published. */
  readonly idCell: Int32Array;
  readonly idPointer: Int32Array;
  readonly idPublished: Int32Array;
}

/** What the interpreter knows of a system already. */
export interface KnownCells {
  readonly lockCells: readonly LockCell[];
  readonly idEntries: readonly IdEntry[];
  readonly outputAt: ReadonlyMap<number, number>;
}

/** Struct tags of the objects of a system, in the order of their first objects. */
export function objectTags(system: LinkedSystem): readonly string[] {
  return [...new Set(system.objects.map(({ tag }) => tag))];
}

/** Makes the tables of a system. */
export function stepTables(system: LinkedSystem, known: KnownCells): StepTables {
  const { objects, nodes, functions, threads, width } = system;
  const none = objects.length;
  const objectAt = new Int32Array(width).fill(none);
  const outputAt = new Int32Array(width);
  const isGhost = new Uint8Array(width);
  const isOutput = new Uint8Array(width);
  const freeBreaks = new Int32Array(width);
  // Object `none`: its header is a word of the null page, so that it is no live memory.
  const header = new Int32Array(none + 1);
  const size = new Int32Array(none + 1);
  const tagOf = new Int32Array(none + 1).fill(-1);
  const isStatic = new Uint8Array(none + 1);
  const isTask = new Uint8Array(none + 1);
  const tags = objectTags(system);
  const brokenByFree: number[] = [0];
  const broken = new Map<unknown, number>();
  for (const object of objects) {
    const { index, layout } = object;
    header[index] = object.header;
    size[index] = layout.size;
    tagOf[index] = tags.indexOf(object.tag);
    isStatic[index] = object.static ? 1 : 0;
    isTask[index] = object.tag === 'task_struct' ? 1 : 0;
    const first = object.header + 1;
    objectAt.fill(index, object.header, first + layout.size);
    for (const { offset, path, table } of layout.cells) {
      if (path.startsWith('@')) isGhost[first + offset] = 1;
      if (!table.onFree.some((property) => property !== null)) continue;
      let start = broken.get(table);
      if (start === undefined) {
        broken.set(table, (start = brokenByFree.length));
        for (const property of table.onFree) brokenByFree.push(property === null ? 0 : 1);
      }
      freeBreaks[first + offset] = start;
    }
    for (const offset of layout.outputs.values()) isOutput[first + offset] = 1;
  }
  for (const [address, ghost] of known.outputAt) outputAt[address] = ghost;

  const deadFrom = new Int32Array(nodes.length + 1);
  const dead: number[] = [];
  const callResult = new Int32Array(nodes.length).fill(-1);
  const callNext = new Int32Array(nodes.length);
  for (const { id, node, function: fn, dead: offsets } of nodes) {
    dead.push(...offsets);
    deadFrom[id + 1] = dead.length;
    if (node.kind !== 'call' && node.kind !== 'callIndirect') continue;
    if (node.dst !== null) callResult[id] = fn.slots.get(node.dst)!;
    callNext[id] = node.next;
  }

  const { lockCells, idEntries } = known;
  const lockHolder: number[] = [];
  const lockStates = lockCells.map(({ holder }) => {
    const start = lockHolder.length;
    lockHolder.push(...holder);
    return start;
  });
  return {
    objectAt,
    outputAt,
    isGhost,
    isOutput,
    freeBreaks,
    brokenByFree: Uint8Array.from(brokenByFree),
    header,
    size,
    tagOf,
    isStatic,
    isTask,
    functionOf: Int32Array.from(nodes, ({ function: fn }) => fn.index),
    callResult,
    callNext,
    deadFrom,
    dead: Int32Array.from(dead),
    frameSize: Int32Array.from(functions, (fn) => fn.frameSize),
    entryOf: Int32Array.from(functions, ({ entry }) => entry),
    isKernel: Uint8Array.from(functions, ({ definition }) => (definition.origin === 'kernel' ? 1 : 0)),
    isEntry: Uint8Array.from(functions, ({ definition }) => (definition.entry ? 1 : 0)),
    taskOf: Int32Array.from(threads, ({ task }) => (task << 2) | 1),
    baseOf: Int32Array.from(threads, ({ base }) => base),
    stackEndOf: Int32Array.from(threads, ({ base, size: words }) => base + words),
    lockAddress: Int32Array.from(lockCells, ({ address }) => address),
    lockHeader: Int32Array.from(lockCells, ({ object }) => object.header),
    lockStates: Int32Array.from(lockStates),
    lockSpins: Uint8Array.from(lockCells, ({ spin }) => (spin ? 1 : 0)),
    lockName: lockCells.map(({ object, path }) => `${object.tag}.${path}`),
    lockHolder: Int32Array.from(lockHolder),
    idCell: Int32Array.from(idEntries, ({ cell }) => cell),
    idPointer: Int32Array.from(idEntries, (entry) => entry.pointer),
    idPublished: Int32Array.from(idEntries, ({ published }) => published),
  };
}
