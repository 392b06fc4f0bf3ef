import type { WordMemory } from '../cached/growableWords.js';
import { GrowableWords } from '../cached/growableWords.js';
import { SharedMemory } from './sharedMemory.js';

/** Words that the threads of a search share, by place; all zero at first. */
export const word = {
  /** The barrier: how many wait at it, and how often all of them came. */
  arrived: 0,
  generation: 1,
  /** How many threads take part, and how many more are ready to. */
  parties: 2,
  ready: 3,
  /** Not 0: one of them is dead, so nobody may wait for it. */
  dead: 4,
  /**
   * Not 0: the search ends here. Written by the leader, only between two barriers between which nobody else reads it: whoever reads it
   * reads the same. `halt` may be written at any time: it is a wish.
   */
  stop: 5,
  /** `needs`: what has to be reorganised, by nobody else than all of them together, before the search can go on. */
  pause: 6,
  /** Whether the index has to be built again. */
  rebuild: 7,
  /** Slots of the index, and chunks of states that there is room for. */
  slots: 8,
  chunkCapacity: 9,
  /** Chunks of states given away so far. */
  chunks: 10,
  /** The next block of states to be expanded. */
  block: 11,
  /** Of the level that is expanded: first number of its successors, states in front of it, its length, its depth. */
  levelFirst: 12,
  levelBase: 13,
  levelLength: 14,
  depth: 15,
  /** Which of the two queues has it. */
  queue: 16,
  /** Not 0: the leader wants to stop. */
  halt: 17,
  /** Not 0: index and states do not fit into one memory any more. */
  isDivided: 18,
} as const;

const words = 32;

/** Bits of `word.pause`. */
export const needs = { form: 1, room: 2 } as const;

/** Numbers that each thread tells of its part; `figures` of them from `party * figures` on. */
export const figure = { states: 0, transitions: 1, bytes: 2 } as const;
export const figures = 8;

/** Words in front of the memory of the states that each thread has for itself, to hand states to code that looks many up at once. */
export const areaWords = 1 << 13;

/** Memory of one search, to be handed to the threads that take part in it. */
export interface SharedBuffers {
  /** Most threads that can take part. */
  readonly parties: number;
  readonly control: SharedArrayBuffer;
  readonly figures: SharedArrayBuffer;
  /** By component: the largest number that packed states have room for. */
  readonly form: SharedArrayBuffer;
  readonly contents: SharedArrayBuffer;
  /** See `SharedStates`. */
  readonly states: WordMemory;
  readonly apart: SharedArrayBuffer;
  readonly queues: readonly [SharedArrayBuffer, SharedArrayBuffer];
  readonly cursors: SharedArrayBuffer;
}

/** Buffers for a search with at most so many threads and exactly so many components. `contents` are made by their owner. */
export function newBuffers(contents: SharedArrayBuffer, parties: number, components: number): SharedBuffers {
  const growable = () => SharedMemory.ofWords(1 << 10).buffer;
  return {
    parties,
    control: new SharedArrayBuffer(words * 4),
    figures: new SharedArrayBuffer(parties * figures * 8),
    form: new SharedArrayBuffer(components * 4),
    contents,
    states: new GrowableWords(parties * areaWords).memory,
    apart: growable(),
    queues: [growable(), growable()],
    cursors: growable(),
  };
}

/** One of the threads died: what the others have is not the whole. */
export class PartyLost extends Error {
  override readonly name = 'PartyLost';
}

/** Words and barrier that keep the threads of a search in step. */
export class Control {
  readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  get(at: number): number {
    return Atomics.load(this.words, at);
  }

  set(at: number, value: number): void {
    Atomics.store(this.words, at, value);
  }

  /** Adds to a word; its value before. */
  add(at: number, value: number): number {
    return Atomics.add(this.words, at, value);
  }

  /**
   * Waits until all threads that take part have come here; yields while others are missing, see `Waiting`. Throws `PartyLost` if one
   * of them never will.
   */
  *barrier(): Waiting {
    const generation = this.get(word.generation);
    if (this.add(word.arrived, 1) + 1 === this.get(word.parties)) {
      this.set(word.arrived, 0);
      this.add(word.generation, 1);
      Atomics.notify(this.words, word.generation);
    }
    yield* this.whileIs(word.generation, generation);
  }

  /** Waits for a word to change. */
  *whileIs(at: number, value: number): Waiting {
    for (;;) {
      if (this.get(word.dead) !== 0) throw new PartyLost();
      if (this.get(at) !== value) return;
      yield { at, value };
    }
  }

  /** Says that this thread, or one that it looks after, is dead; wakes all that wait. */
  giveUp(): void {
    this.set(word.dead, 1);
    Atomics.notify(this.words, word.generation);
    Atomics.notify(this.words, word.parties);
  }
}

/** A word, and the value that it has. */
export interface WordValue {
  readonly at: number;
  readonly value: number;
}

/**
 * Something that waits for words to change: it yields the word and its value whenever there is nothing else to do, and is to be
 * continued when the word has changed, or after a while. A worker thread sleeps then; the thread that leads looks after messages.
 */
export type Waiting = Generator<WordValue, void>;
/** The same, which also yields null: it has been at work for long, and is to be continued after a break. */
export type WaitingWithBreaks = Generator<WordValue | null, void>;
