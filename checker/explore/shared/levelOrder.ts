import type { Control, SharedBuffers, Waiting } from './control.js';
import { word } from './control.js';
import { SharedMemory } from './sharedMemory.js';
import type { SharedStates } from './sharedStates.js';
import { chunkShift } from './sharedStates.js';

/** Fewest successors of one state that an order tells apart. */
const maxChildBits = 24;

/**
 * How many low bits of an order say which successor it is, in a level of so many states. In levels of more than 2^26 the last ones of
 * more than 63 successors have the same order: which of them comes first is then left open.
 */
export function childBitsFor(levelLength: number): number {
  return Math.min(maxChildBits, Math.clz32(levelLength - 1));
}

/**
 * Puts the states of a level in the order in which a search by one thread finds them: by predecessor, then by which successor
 * of it they are. The threads do this together, as a counting sort by predecessor: orders were given out in blocks, so all
 * passes go through memory nearly from front to back.
 */
export class LevelOrder {
  private readonly control: Control;
  private readonly states: SharedStates;
  private readonly queues: readonly [SharedMemory, SharedMemory];
  /** By place in the queue: how many successors come before, then where the next one goes. */
  private readonly cursors: SharedMemory;

  constructor(buffers: SharedBuffers, control: Control, states: SharedStates) {
    this.control = control;
    this.states = states;
    this.queues = [new SharedMemory(buffers.queues[0]), new SharedMemory(buffers.queues[1])];
    this.cursors = new SharedMemory(buffers.cursors);
  }

  get bytes(): number {
    return this.queues[0].bytes + this.queues[1].bytes + this.cursors.bytes;
  }

  /** The states of the level that is expanded, in order. */
  get queue(): Int32Array {
    return this.queues[this.control.get(word.queue)]!.words;
  }

  /** The first level: the state with number 0. */
  begin(): void {
    this.control.set(word.levelLength, 1);
    this.cursors.reserve(1);
    this.refresh();
  }

  refresh(): void {
    for (const memory of [...this.queues, this.cursors]) memory.refresh();
  }

  /**
   * The level has been expanded: its successors become the next one. All threads call this; the leader makes room by `lead`, which may
   * stop the search instead. If it does, nothing is complete but what was before.
   */
  *arrange(party: number, parties: number, lead: ((makeRoom: () => void) => void) | null): Waiting {
    const { control, states } = this;
    const length = control.get(word.levelLength);
    const childBits = childBitsFor(length);
    const first = control.get(word.levelFirst) >>> chunkShift;
    const end = states.chunkEnd;
    this.count(first + party, parties, end, childBits);
    yield* control.barrier();
    const next = this.queues[1 - control.get(word.queue)]!;
    let total = 0;
    if (lead) {
      total = this.sum(length);
      lead(() => next.reserve(total));
    }
    yield* control.barrier();
    if (control.get(word.stop) !== 0) return;
    this.refresh();
    this.scatter(first + party, parties, end, childBits, next.words);
    yield* control.barrier();
    this.settle(Math.floor((length * party) / parties), Math.floor((length * (party + 1)) / parties), next.words);
    yield* control.barrier();
    if (lead)
      lead(() => {
        this.cursors.reserve(total);
        this.cursors.words.fill(0, 0, total);
        control.add(word.levelBase, length);
        control.set(word.levelLength, total);
        control.set(word.levelFirst, control.get(word.chunks) << chunkShift);
        control.set(word.queue, 1 - control.get(word.queue));
        control.set(word.block, 0);
        if (total > 0) control.add(word.depth, 1);
      });
    yield* control.barrier();
    this.refresh();
  }

  private count(first: number, step: number, end: number, childBits: number): void {
    const { states } = this;
    const { words } = states;
    const cursors = this.cursors.words;
    for (let chunk = first; chunk < end; chunk += step) {
      const start = chunk << chunkShift;
      const last = start + states.filledOf(chunk);
      for (let number = start; number < last; number += 1)
        Atomics.add(cursors, words[states.orderAt(number)]! >>> childBits, 1);
    }
  }

  /** Turns how many successors there are into where they begin; how many in all. */
  private sum(length: number): number {
    const cursors = this.cursors.words;
    let total = 0;
    for (let at = 0; at < length; at += 1) {
      const count = cursors[at]!;
      cursors[at] = total;
      total += count;
    }
    return total;
  }

  private scatter(first: number, step: number, end: number, childBits: number, into: Int32Array): void {
    const { states } = this;
    const { words } = states;
    const cursors = this.cursors.words;
    for (let chunk = first; chunk < end; chunk += step) {
      const start = chunk << chunkShift;
      const last = start + states.filledOf(chunk);
      for (let number = start; number < last; number += 1)
        into[Atomics.add(cursors, words[states.orderAt(number)]! >>> childBits, 1)] = number;
    }
  }

  /** Sorts the successors of each of these states, and tells them who their predecessor is. */
  private settle(first: number, end: number, next: Int32Array): void {
    const { states, queue } = this;
    const { words } = states;
    const cursors = this.cursors.words;
    let from = first === 0 ? 0 : cursors[first - 1]!;
    for (let at = first; at < end; at += 1) {
      const to = cursors[at]!;
      for (let place = from + 1; place < to; place += 1) {
        const number = next[place]!;
        const order = words[states.orderAt(number)]! >>> 0;
        let free = place;
        for (; free > from && words[states.orderAt(next[free - 1]!)]! >>> 0 > order; free -= 1)
          next[free] = next[free - 1]!;
        next[free] = number;
      }
      const parent = queue[at]!;
      for (let place = from; place < to; place += 1) words[states.orderAt(next[place]!)] = parent;
      from = to;
    }
  }
}
