import { filesOf } from './filesOf.js';
import { headerShared, headerState } from './header.js';
import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { payloadOf, stateAddressOf } from './word.js';

/** Put into the set of assumptions, it makes memory private again when only one thread is left that can reach it (`Owners`). */
export const ownership = 'memory that one thread is left with';

/** In the same set: a thread goes round on such memory for ever, so it stays shared. */
export const noOwnership = `${ownership} (open)`;

/** Whether memory becomes private again with these assumptions. */
export function returnsMemory(weakened: ReadonlySet<string>): boolean {
  return weakened.has(ownership) && !weakened.has(noOwnership);
}

/**
 * By static object, the thread that it belongs to, -1 for none: a thread's `task_struct`, and the files of a process that has one
 * thread. No other thread reaches them, as long as nobody stores their address in shared memory.
 */
export function ownersOfStatics(system: LinkedSystem): Int32Array {
  const owners = new Int32Array(system.objects.length).fill(-1);
  for (const { task, process, index } of system.threads) {
    const isAlone = system.threads.every((other) => other.index === index || other.process !== process);
    for (const object of system.objects) {
      const isTask = object.static && object.header + 1 === task;
      const isFiles = object.static && process !== null && isAlone && object.name === filesOf(process);
      if (isTask || isFiles) owners[object.index] = index;
    }
  }
  return owners;
}

/** Nobody reaches the object; several threads do, or a static object. */
const nobody = -1;
const everybody = -2;

/**
 * Finds the memory that only one thread can reach: following the names of objects from its frames and its own static objects leads there,
 * doing the same from other static objects and other threads does not. No other thread comes to such memory before its owner gives it a name
 * somewhere else, so what the owner does with it commutes with everything that others do.
 */
export class Owners {
  private readonly system: LinkedSystem;
  private readonly objectAt: Int32Array;
  private readonly live: number;
  private readonly statics: readonly ObjectSlot[];
  private readonly ownerOf: Int32Array;
  private readonly owner: Int32Array;
  private readonly queue: Int32Array;

  /** `live` is the state of the memory lifecycle in which an object's contents count. */
  constructor(system: LinkedSystem, objectAt: Int32Array, live: number) {
    this.system = system;
    this.objectAt = objectAt;
    this.live = live;
    this.statics = system.objects.filter((object) => object.static);
    this.ownerOf = ownersOfStatics(system);
    this.owner = new Int32Array(system.objects.length);
    this.queue = new Int32Array(2 * system.objects.length);
  }

  /** Calls `visit` with each dynamic object that one thread can reach, and nobody else. */
  forEach(words: Int32Array, frameSize: (fp: number) => number, visit: (object: ObjectSlot) => void): void {
    const { system, owner, statics } = this;
    owner.fill(nobody);
    // An object is followed from its own words, so statics need not be reached.
    const byOf = statics.map(({ index, header }) => {
      const isShared = (payloadOf(words[header]!) & headerShared) !== 0;
      return isShared || this.ownerOf[index]! < 0 ? everybody : this.ownerOf[index]!;
    });
    for (const { index } of statics) owner[index] = everybody;
    statics.forEach(({ header, layout }, at) => {
      if (byOf[at] === everybody) this.follow(words, header + 1, header + layout.size + 1, everybody);
    });
    for (const { base, index } of system.threads) {
      const fp = payloadOf(words[base]!);
      if (fp !== 0) this.follow(words, base + 1, fp + frameSize(fp), index);
      statics.forEach(({ header, layout }, at) => {
        if (byOf[at] === index) this.follow(words, header + 1, header + layout.size + 1, index);
      });
    }
    for (const object of system.objects) if (owner[object.index]! >= 0) visit(object);
  }

  /** Somebody reaches what these words name, and what that names. */
  private follow(words: Int32Array, start: number, end: number, by: number): void {
    const { queue, system, owner } = this;
    let queued = this.reach(words, start, end, by, 0);
    for (let head = 0; head < queued; head += 1) {
      const { header, layout, index } = system.objects[queue[head]!]!;
      if ((payloadOf(words[header]!) & headerState) !== this.live) continue;
      queued = this.reach(words, header + 1, header + layout.size + 1, owner[index]!, queued);
    }
  }

  private reach(words: Int32Array, start: number, end: number, by: number, queued: number): number {
    const { objectAt, owner, queue } = this;
    for (let at = start; at < end; at += 1) {
      const target = stateAddressOf(words[at]!);
      if (target < 0) continue;
      const index = objectAt[target]!;
      if (index < 0) continue;
      const before = owner[index]!;
      if (before === by || before === everybody) continue;
      owner[index] = before === nobody ? by : everybody;
      queue[queued++] = index;
    }
    return queued;
  }
}
