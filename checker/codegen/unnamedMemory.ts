import { headerState } from '../system/header.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { constantBase, nullPage, tagPointer } from '../system/word.js';
import { registers } from './prelude.js';
import type { StepTables } from './stepTables.js';

/** The arrays of a generated module that tell what a step did. */
export interface StepRecord {
  readonly words: Int32Array;
  /** Pairs of address and word before, for words outside of frames. */
  readonly log: Int32Array;
  /** The thread's frames before the step, from the frame pointer on. */
  readonly before: Int32Array;
  readonly registers: Int32Array;
  /** State of the memory lifecycle in which an object's contents count. */
  readonly live: number;
}

/**
 * Finds memory that nothing names any more, as `Collector` does, after a step from a state in which all memory was named.
 *
 * If an object lost its last way from the roots, then so did the target of the last name on that way which is gone, because
 * the rest of the way still stands. So it is enough to look for the objects whose names the step took away and for those it
 * allocated; if all of them are found, everything is still named. Most are found in the thread's own frames, and the search
 * ends with the last one. Allocates nothing.
 */
export class UnnamedMemory {
  /** Indexes of the objects found, the first `count` of them, in ascending order. */
  readonly found: Int32Array;
  count = 0;
  private readonly tables: StepTables;
  private readonly record: StepRecord;
  private readonly objects: number;
  private readonly threads: number;
  private readonly live: number;
  /** By object: equal to `stamp` if it was reached, or if it is looked for. */
  private readonly reached: Int32Array;
  private readonly wanted: Int32Array;
  private stamp = 0;
  private missing = 0;
  private readonly queue: Int32Array;
  private queued = 0;

  constructor(system: LinkedSystem, tables: StepTables, record: StepRecord) {
    this.tables = tables;
    this.record = record;
    this.objects = system.objects.length;
    this.threads = system.threads.length;
    this.live = record.live << 2;
    this.found = new Int32Array(this.objects);
    this.reached = new Int32Array(this.objects + 1);
    this.wanted = new Int32Array(this.objects + 1);
    this.queue = new Int32Array(this.objects + 1);
  }

  /** Number of objects found after a step of `thread` that is done. */
  find(thread: number): number {
    this.count = 0;
    this.stamp += 1;
    this.missing = 0;
    this.wantDropped(thread);
    const isOpen = this.record.registers[registers.freedKept] !== 0;
    if (this.missing === 0 && !isOpen) return 0;
    this.queued = 0;
    this.reachFrames(thread);
    if (this.missing === 0 && !isOpen) return 0;
    const { isStatic } = this.tables;
    for (let object = 0; object < this.objects; object += 1) if (isStatic[object] === 1) this.reach(object);
    const head = this.reachContents(0, !isOpen);
    if (this.missing === 0 && !isOpen) return 0;
    for (let other = 0; other < this.threads; other += 1) if (other !== thread) this.reachFrames(other);
    this.reachContents(head, !isOpen);
    if (this.missing === 0 && !isOpen) return 0;
    const { header } = this.tables;
    const { words } = this.record;
    for (let object = 0; object < this.objects; object += 1)
      if (words[header[object]!] !== 0 && this.reached[object] !== this.stamp) this.found[this.count++] = object;
    return this.count;
  }

  /** Looks for what the step took names from, and for what it allocated. */
  private wantDropped(thread: number): void {
    const { words, log, before, registers: s } = this.record;
    const { baseOf, objectAt, header } = this.tables;
    const base = baseOf[thread]!;
    const length = s[registers.top]! - base;
    for (let at = 1; at < length; at += 1) {
      const word = before[at]!;
      if ((word & 3) === tagPointer && word !== words[base + at]) this.wantTarget(word);
    }
    const logged = s[registers.logged]!;
    for (let entry = 0; entry < logged; entry += 2) {
      const at = log[entry]!;
      const word = log[entry + 1]!;
      if (word === words[at]) continue;
      if ((word & 3) === tagPointer) this.wantTarget(word);
      else if (word === 0 && header[objectAt[at]!] === at) this.want(objectAt[at]!);
    }
  }

  private wantTarget(word: number): void {
    if (word >= nullPage << 2 && word < constantBase << 2) this.want(this.tables.objectAt[word >> 2]!);
  }

  private want(object: number): void {
    const { isStatic, header } = this.tables;
    if (isStatic[object] === 1 || this.wanted[object] === this.stamp) return;
    if (this.record.words[header[object]!] === 0) return;
    this.wanted[object] = this.stamp;
    this.missing += 1;
  }

  private reach(object: number): void {
    if (this.reached[object] === this.stamp) return;
    this.reached[object] = this.stamp;
    this.queue[this.queued++] = object;
    if (this.wanted[object] === this.stamp) this.missing -= 1;
  }

  private reachFrames(thread: number): void {
    const { words } = this.record;
    const { baseOf, functionOf, frameSize } = this.tables;
    const base = baseOf[thread]!;
    const fp = words[base]! >> 2;
    if (fp !== 0) this.reachTargets(base + 1, fp + frameSize[functionOf[(words[fp]! >> 2) - 1]!]!);
  }

  /** What live objects that were reached name; from `head` of the queue on, up to the last one looked for if `mayEnd`. */
  private reachContents(head: number, mayEnd: boolean): number {
    const { words } = this.record;
    const { header, size } = this.tables;
    for (; head < this.queued && !(mayEnd && this.missing === 0); head += 1) {
      const object = this.queue[head]!;
      const start = header[object]!;
      if ((words[start]! & (headerState << 2)) === this.live) this.reachTargets(start + 1, start + size[object]! + 1);
    }
    return head;
  }

  private reachTargets(start: number, end: number): void {
    const { words } = this.record;
    const { objectAt } = this.tables;
    for (let at = start; at < end; at += 1) {
      const word = words[at]!;
      if ((word & 3) !== tagPointer || word < nullPage << 2 || word >= constantBase << 2) continue;
      const object = objectAt[word >> 2]!;
      if (object < this.objects) this.reach(object);
    }
  }
}
