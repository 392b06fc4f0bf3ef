import type { LinkedSystem, ObjectSlot } from '../system/linkedSystem.js';
import { nullPage, constantBase, payloadOf, tagOf, tagPointer } from '../system/word.js';
import type { StateDescriber } from './describeState.js';
import type { HeldCount, Holder } from './replayData.js';

/** Lifecycles that count references: a cell of one of them has holders. */
const countingLifecycles: ReadonlySet<string> = new Set(['refcount', 'file_count']);

/** Objects whose pointers to files own a reference; other pointers are copied without one. */
const fileKeepers: ReadonlySet<string> = new Set(['files_struct', 'unix_socket']);

/** Who acts: a thread, in a function, in a step. */
export interface Actor {
  readonly thread: string;
  readonly function: string;
  readonly step: number;
}

interface Count {
  readonly address: number;
  readonly object: ObjectSlot;
  readonly holders: MutableHolder[];
}

/** The holders of every count at one moment. */
export interface HolderSnapshot {
  readonly holders: ReadonlyMap<number, readonly Holder[]>;
  readonly touched: readonly number[];
}

type MutableHolder = { -readonly [Key in keyof Holder]: Holder[Key] };

/**
 * Who holds which reference. The kernel does not know and the explored state does not say: it follows from the run. A put gives
 * back the reference that the same thread took last, or else the oldest one that anybody holds.
 */
export class HolderBook {
  private readonly describer: StateDescriber;
  private readonly counts = new Map<number, Count>();
  private readonly touched = new Set<number>();

  constructor(system: LinkedSystem, describer: StateDescriber) {
    this.describer = describer;
    for (const object of system.objects) {
      for (const { offset, path, table } of object.layout.cells) {
        if (countingLifecycles.has(table.lifecycle.id) && !path.startsWith('@')) this.addCount(object, offset);
      }
      for (const { isCount, offset } of object.layout.fields.values()) if (isCount) this.addCount(object, offset);
    }
  }

  /** Tells what one operation changed: `before` and `after` are whole states. */
  update(before: Int32Array, after: Int32Array, actor: Actor): void {
    for (const count of this.counts.values()) {
      if (after[count.object.header] === 0 && count.holders.length > 0) this.setHolders(count, 0, actor);
      const [was, is] = [this.countAt(before, count.address), this.countAt(after, count.address)];
      if (was === is || this.describer.memoryState(after, count.object) !== 'live') continue;
      this.touched.add(count.address);
      if (is === null) continue;
      this.setHolders(count, is, actor);
    }
  }

  /** Tells that a word was stored: a reference that is put into a table is kept there, and taken out with the next store. */
  stored(address: number, before: number, after: number, actor: Actor): void {
    if (!fileKeepers.has(this.describer.objectOf(address)?.tag ?? '')) return;
    const place = this.describer.place(address);
    for (const count of this.countsOf(before)) {
      const kept = count.holders.find((holder) => holder.keptIn === place);
      if (!kept) continue;
      Object.assign(kept, { keptIn: null, thread: actor.thread });
      this.touched.add(count.address);
    }
    for (const count of this.countsOf(after)) {
      const own = count.holders.findLast((holder) => holder.thread === actor.thread && holder.keptIn === null);
      if (!own) continue;
      own.keptIn = place;
      this.touched.add(count.address);
    }
  }

  /** Every count that is not 0. */
  all(words: Int32Array): HeldCount[] {
    return [...this.counts.values()]
      .filter(
        (count) =>
          this.describer.memoryState(words, count.object) === 'live' && this.countAt(words, count.address) !== 0,
      )
      .map((count) => this.tell(count, words));
  }

  /** Counts whose holders changed since the last call. */
  changed(words: Int32Array): HeldCount[] {
    const list = [...this.touched].sort((a, b) => a - b).map((address) => this.counts.get(address)!);
    this.touched.clear();
    return list
      .filter((count) => this.describer.memoryState(words, count.object) === 'live')
      .map((count) => this.tell(count, words));
  }

  /** For `restore`, when what was told since turns out not to have happened. */
  snapshot(): HolderSnapshot {
    const holders = new Map(
      [...this.counts.values()].map((count) => [count.address, count.holders.map((holder) => ({ ...holder }))]),
    );
    return { holders, touched: [...this.touched] };
  }

  restore(snapshot: HolderSnapshot): void {
    for (const count of this.counts.values())
      count.holders.splice(0, Infinity, ...snapshot.holders.get(count.address)!.map((holder) => ({ ...holder })));
    this.touched.clear();
    for (const address of snapshot.touched) this.touched.add(address);
  }

  private addCount(object: ObjectSlot, offset: number): void {
    const address = object.header + 1 + offset;
    this.counts.set(address, { address, object, holders: [] });
  }

  private setHolders(count: Count, target: number, actor: Actor): void {
    const { holders } = count;
    while (holders.length < target) holders.push({ ...actor, keptIn: null });
    while (holders.length > target) {
      const own = holders.findLastIndex((holder) => holder.thread === actor.thread && holder.keptIn === null);
      holders.splice(Math.max(own, 0), 1);
    }
  }

  /** The number of references; null where the count is saturated and nobody knows. */
  private countAt(words: Int32Array, address: number): number | null {
    const { object } = this.counts.get(address)!;
    if (words[object.header] === 0) return 0;
    const offset = address - object.header - 1;
    const cell = object.layout.cells.find((candidate) => candidate.offset === offset);
    if (!cell) return payloadOf(words[address]!);
    const state = cell.table.states[payloadOf(words[address]!)]!;
    if (state === 'zero') return 0;
    const live = /count=(\d+)/.exec(state);
    return live ? Number(live[1]) : null;
  }

  private countsOf(word: number): Count[] {
    const at = payloadOf(word);
    if (tagOf(word) !== tagPointer || at < nullPage || at >= constantBase) return [];
    const object = this.describer.objectOf(at);
    return object?.tag === 'file' ? [...this.counts.values()].filter((count) => count.object === object) : [];
  }

  private tell(count: Count, words: Int32Array): HeldCount {
    return {
      count: this.describer.place(count.address),
      value: this.describer.wordAt(words, count.address),
      holders: count.holders.map((holder) => ({ ...holder })),
    };
  }
}
