import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { headerState } from './header.js';
import { payloadOf, stateAddressOf } from './word.js';

/**
 * Finds memory that nothing names any more: not a frame, not a static object, not a live object that is named itself. A freed
 * object is kept while something names it, but what it contained names nothing. Hot path: allocates nothing.
 */
export class Collector {
  /** How many objects the last call found. */
  count = 0;
  private readonly system: LinkedSystem;
  private readonly objectAt: Int32Array;
  private readonly live: number;
  private readonly statics: readonly ObjectSlot[];
  private readonly dynamics: readonly ObjectSlot[];
  private readonly marks: Uint8Array;
  private readonly queue: Int32Array;
  private readonly found: Int32Array;
  private queued = 0;

  /** `live` is the state of the memory lifecycle in which an object's contents count. */
  constructor(system: LinkedSystem, objectAt: Int32Array, live: number) {
    this.system = system;
    this.objectAt = objectAt;
    this.live = live;
    this.statics = system.objects.filter((object) => object.static);
    this.dynamics = system.objects.filter((object) => !object.static);
    this.marks = new Uint8Array(system.objects.length);
    this.queue = new Int32Array(system.objects.length);
    this.found = new Int32Array(system.objects.length);
  }

  /** Indexes of allocated or freed objects that nothing names; the first `count` of the array, valid until the next call. */
  unnamed(words: Int32Array, frameSize: (fp: number) => number): Int32Array {
    const { system, marks, queue, found } = this;
    const { objects } = system;
    marks.fill(0);
    this.queued = 0;
    for (const object of this.statics) {
      marks[object.index] = 1;
      queue[this.queued++] = object.index;
    }
    for (const thread of system.threads) {
      const fp = payloadOf(words[thread.base]!);
      if (fp !== 0) this.markAll(words, thread.base + 1, fp + frameSize(fp));
    }
    for (let head = 0; head < this.queued; head += 1) {
      const object = objects[queue[head]!]!;
      if ((payloadOf(words[object.header]!) & headerState) !== this.live) continue;
      this.markAll(words, object.header + 1, object.header + object.layout.size + 1);
    }
    this.count = 0;
    for (const object of this.dynamics) {
      if (words[object.header] !== 0 && marks[object.index] === 0) found[this.count++] = object.index;
    }
    return found;
  }

  private markAll(words: Int32Array, start: number, end: number): void {
    const { marks, queue, objectAt } = this;
    let { queued } = this;
    for (let at = start; at < end; at += 1) {
      const target = stateAddressOf(words[at]!);
      if (target < 0) continue;
      const index = objectAt[target]!;
      if (index < 0 || marks[index] === 1) continue;
      marks[index] = 1;
      queue[queued++] = index;
    }
    this.queued = queued;
  }
}
