import type { Interpreter } from '../../system/interpreter.js';
import { headerReturned, headerShared, headerState } from '../../system/header.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import type { LockCell } from '../../system/lockCells.js';
import { lockCellsOf } from '../../system/lockCells.js';
import { ownersOfStatics } from '../../system/owners.js';
import { segmentsOf } from '../../system/segments.js';
import { integer, payloadOf, stateAddressOf } from '../../system/word.js';

/** What a component's contents are, beside their words. */
export interface ContentFacts {
  /** Dynamic objects that the content names, `maskWords` words for each content; what a freed object contains names nothing. */
  readonly names: Int32Array;
  /** 0: memory not in use; 1: freed; 2: live. Of threads: 0 ended, 2 not. */
  readonly life: Uint8Array;
  /** Of threads: the lock or the like whose call the thread stands before, as a number; 0 for none. */
  readonly waits: Int32Array;
  /** Of objects: threads that hold a lock in it, as a bit set. */
  readonly heldBy: Int32Array;
  /** Of objects: 1 if it says that other threads can reach it. */
  readonly shared: Uint8Array;
  /** Of dynamic objects, where memory becomes private again: the content that this one becomes then; itself if it is private. */
  readonly privately: Int32Array;
}

/** Numbers the contents of one component, in the order in which they come; number 0 is all zero words. */
export interface ContentTable {
  /** How many there are. */
  readonly count: number;
  readonly bytes: number;
  /** One word of a content. */
  at(number: number, offset: number): number;
  load(number: number, into: Int32Array, start: number): void;
  /** Number of the content at `source[start…]`, a new one if it is new. */
  intern(source: Int32Array, start: number): number;
}

/**
 * The parts of a state, each content of each part numbered as it comes: a component is an object or a part of one, a thread or the counter of
 * failures, in the order of `segmentsOf`. A state is one number for each component. Number 0 is all zero words.
 *
 * S. Blom, B. Lisser, J. van de Pol, M. Weber, A database approach to distributed state-space generation (2011) calls this a
 * tree database with one level; G. Holzmann's COLLAPSE (1997) is the same idea.
 */
export class Components {
  readonly system: LinkedSystem;
  /** Objects, further parts of them, then threads, then the counter of failures (which may have no words). */
  readonly count: number;
  readonly objects: number;
  /** By component: the object that it is a part of, which is a component itself; -1 for threads and the counter. */
  readonly objectOf: Int32Array;
  /** By object: where its further parts begin (`furtherParts`). */
  readonly furtherParts: Int32Array;
  readonly firstThread: number;
  /** Dynamic objects get bits in masks as they come to be used, their further parts the same ones; -1 for those that did not yet, static ones, and what is no object. */
  readonly bitOf: Int32Array;
  /** Component of each mask bit; the first `bits` are in use. */
  readonly ofBit: Int32Array;
  bits = 0;
  /** Words of a mask, and how many of them have bits that are in use, at least one. */
  readonly maskWords: number;
  usedWords = 1;
  /** Components whose names are roots: static objects, all parts of them, and threads. */
  readonly roots: Int32Array;
  /** Parts of static objects that name a dynamic one in some content; the first `naming`. */
  readonly namingStatics: Int32Array;
  naming = 0;
  /** By component: the thread that a static object belongs to as long as it is not shared, -1 for none (`ownersOfStatics`). */
  readonly ownerOf: Int32Array;
  /** Components in some content of which a lock is held, ascending; the first `holding`. */
  readonly lockHolders: Int32Array;
  holding = 0;
  /** How many contents each component has so far. */
  readonly sizes: Int32Array;
  /** How many components have more than one. */
  varying = 0;
  /** Goes up with every content that becomes known. */
  learned = 0;
  readonly facts: Facts[];
  private readonly starts: Int32Array;
  private readonly lengths: Int32Array;
  private readonly tables: readonly ContentTable[];
  private readonly objectAt: Int32Array;
  private readonly interpreter: Interpreter;
  private readonly memoryLive: number;
  private readonly locks: readonly (readonly LockCell[])[];
  private readonly waitNumbers = new Map<number, number>();

  /** `tablesFor` makes the table of each component, by their lengths in words: private ones unless others use them too. */
  constructor(interpreter: Interpreter, tablesFor: (lengths: Int32Array) => readonly ContentTable[] = privateTables) {
    const { system } = interpreter;
    this.system = system;
    this.interpreter = interpreter;
    const segments = segmentsOf(system);
    this.objects = system.objects.length;
    this.firstThread = interpreter.firstThread;
    this.count = segments.length;
    this.objectOf = interpreter.objectOf;
    this.furtherParts = interpreter.furtherParts;
    this.starts = Int32Array.from(segments, ({ start }) => start);
    this.lengths = Int32Array.from(segments, ({ length }) => length);
    this.sizes = new Int32Array(this.count);
    this.bitOf = new Int32Array(this.count).fill(-1);
    this.objectAt = new Int32Array(system.width).fill(-1);
    segments.forEach(({ start, length, object }) => this.objectAt.fill(object, start, start + length));
    const dynamic = system.objects.filter((object) => !object.static).length;
    this.ofBit = new Int32Array(dynamic);
    const components = Array.from({ length: this.count - 1 }, (_, component) => component);
    this.roots = Int32Array.from(
      components.filter((component) => component >= this.firstThread || this.isStatic(component)),
    );
    this.ownerOf = new Int32Array(this.count).fill(-1);
    this.ownerOf.set(ownersOfStatics(system));
    this.namingStatics = new Int32Array(this.firstThread);
    this.maskWords = Math.max(1, Math.ceil(dynamic / 32));
    const { memory } = system;
    this.memoryLive = memory.next[memory.column.get('alloc')!]!;
    const cells = lockCellsOf(system);
    this.locks = segments.map(({ start, length }) =>
      cells.filter(({ address }) => address >= start && address < start + length),
    );
    this.lockHolders = new Int32Array(this.firstThread);
    this.tables = tablesFor(this.lengths);
    this.facts = Array.from({ length: this.count }, () => new Facts(this.maskWords));
    for (let at = 0; at < this.count; at += 1) {
      this.sizes[at] = 1;
      this.facts[at]!.reserve(1);
    }
  }

  get bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes, 0);
  }

  private isStatic(component: number): boolean {
    return this.system.objects[this.objectOf[component]!]?.static ?? false;
  }

  /** The thread that a static object with a content belongs to; -1 if everybody reaches it. */
  ownerOfStatic(component: number, content: number): number {
    return this.facts[component]!.shared[content] === 1 ? -1 : this.ownerOf[component]!;
  }

  /** Number of the content that a component has in the interpreter's state; a new one if it is new. */
  intern(component: number): number {
    const { words } = this.interpreter;
    const table = this.tables[component]!;
    const number = table.intern(words, this.starts[component]!);
    if (number >= this.sizes[component]!) this.learnUpTo(component, number + 1);
    return number;
  }

  /** Learns what the contents are that others added to the tables. */
  catchUp(): void {
    for (let component = 0; component < this.count; component += 1)
      this.learnUpTo(component, this.tables[component]!.count);
  }

  /** Learns what the contents below `end` are, and what they become; the interpreter's state is as before then. */
  private learnUpTo(component: number, end: number): void {
    const first = this.sizes[component]!;
    if (first >= end) return;
    const { words } = this.interpreter;
    const start = this.starts[component]!;
    const before = words.slice(start, start + this.lengths[component]!);
    let known = end;
    for (let number = first; number < known; number += 1) {
      this.load(component, number);
      this.learn(component, number, words);
      if (this.interpreter.ownership) known = Math.max(known, this.learnPrivately(component, number, words) + 1);
    }
    if (first === 1) this.varying += 1;
    this.learned += known - first;
    this.sizes[component] = known;
    words.set(before, start);
  }

  /** Learns what a content, which is in `words`, becomes when its object is private, and gives its number. */
  private learnPrivately(component: number, number: number, words: Int32Array): number {
    const start = this.starts[component]!;
    const isDynamic = component < this.objects && !this.isStatic(component);
    const isShared = isDynamic && this.facts[component]!.shared[number] === 1;
    if (isShared) words[start] = integer((payloadOf(words[start]!) & ~headerShared) | headerReturned);
    const privately = isShared ? this.tables[component]!.intern(words, start) : number;
    this.facts[component]!.privately[number] = privately;
    return privately;
  }

  /** Whether an object is dynamic, and live with a content. */
  isLiveDynamic(object: number, number: number): boolean {
    return !this.isStatic(object) && this.facts[object]!.life[number] === 2;
  }

  /** The header in a content of an object, as an integer's payload. */
  headerIn(object: number, number: number): number {
    return payloadOf(this.tables[object]!.at(number, 0));
  }

  /** Writes a content to its place in the interpreter's state. */
  load(component: number, number: number): void {
    this.tables[component]!.load(number, this.interpreter.words, this.starts[component]!);
  }

  /** The lock cells in a content that a thread holds, by address. */
  heldIn(component: number, number: number, thread: number): number[] {
    const table = this.tables[component]!;
    const start = this.starts[component]!;
    return this.locks[component]!.filter(
      (cell) => cell.holder[payloadOf(table.at(number, cell.address - start))] === thread,
    ).map((cell) => cell.address);
  }

  private learn(component: number, number: number, words: Int32Array): void {
    const facts = this.facts[component]!;
    facts.reserve(number + 1);
    const start = this.starts[component]!;
    if (component < this.objects) {
      const header = payloadOf(words[start]!);
      const isLive = (header & headerState) === this.memoryLive;
      facts.life[number] = header === 0 ? 0 : isLive ? 2 : 1;
      facts.shared[number] = (header & headerShared) === 0 ? 0 : 1;
      if (header !== 0) this.giveBit(component);
      if (!isLive) return;
      this.learnCells(component, number, words, start + 1);
    } else if (component < this.firstThread) {
      // Freed memory holds nothing, so what stands here is the object's, whatever its header is.
      this.learnCells(component, number, words, start);
    } else if (component < this.count - 1) {
      const thread = component - this.firstThread;
      const end = this.interpreter.frameEnd(thread);
      facts.life[number] = words[start] === 0 ? 0 : 2;
      this.nameAll(component, number, words, start + 1, end);
      const waits = this.interpreter.waitsOn(thread);
      if (waits !== -1) {
        let known = this.waitNumbers.get(waits);
        if (known === undefined) this.waitNumbers.set(waits, (known = this.waitNumbers.size + 1));
        facts.waits[number] = known;
      }
    }
  }

  /** Notes what the words of a content, of an object that is live, name and which locks in them are held. */
  private learnCells(component: number, number: number, words: Int32Array, start: number): void {
    const facts = this.facts[component]!;
    this.nameAll(component, number, words, start, this.starts[component]! + this.lengths[component]!);
    for (const cell of this.locks[component]!) {
      const holder = cell.holder[payloadOf(words[cell.address]!)]!;
      if (holder >= 0) facts.heldBy[number]! |= 1 << holder;
    }
    if (facts.heldBy[number] === 0 || this.lockHolders.subarray(0, this.holding).includes(component)) return;
    this.lockHolders[this.holding++] = component;
    this.lockHolders.subarray(0, this.holding).sort();
  }

  /** Notes which dynamic objects the words of a content name. */
  private nameAll(component: number, number: number, words: Int32Array, start: number, end: number): void {
    const { names } = this.facts[component]!;
    let any = false;
    for (let at = start; at < end; at += 1) {
      const target = stateAddressOf(words[at]!);
      if (target < 0) continue;
      const object = this.objectAt[target]!;
      if (object < 0 || this.system.objects[object]!.static) continue;
      const bit = this.giveBit(object);
      names[number * this.maskWords + (bit >> 5)]! |= 1 << (bit & 31);
      any = true;
    }
    if (any && this.isStatic(component) && !this.namingStatics.subarray(0, this.naming).includes(component))
      this.namingStatics[this.naming++] = component;
  }

  /** The bit of a dynamic object in masks; the next one that is free, if it has none yet. */
  private giveBit(object: number): number {
    const known = this.bitOf[object]!;
    if (known >= 0 || this.system.objects[object]!.static) return known;
    const bit = this.bits++;
    this.bitOf[object] = bit;
    this.bitOf.fill(bit, this.furtherParts[object], this.furtherParts[object + 1]);
    this.ofBit[bit] = object;
    this.usedWords = (bit >> 5) + 1;
    return bit;
  }
}

/** `ContentFacts` that grow. */
class Facts implements ContentFacts {
  names = new Int32Array(0);
  life = new Uint8Array(0);
  waits = new Int32Array(0);
  heldBy = new Int32Array(0);
  shared = new Uint8Array(0);
  privately = new Int32Array(0);
  private readonly maskWords: number;

  constructor(maskWords: number) {
    this.maskWords = maskWords;
  }

  reserve(length: number): void {
    if (length <= this.life.length) return;
    const size = Math.max(8, 2 * length);
    this.names = grown(this.names, size * this.maskWords);
    this.waits = grown(this.waits, size);
    this.heldBy = grown(this.heldBy, size);
    this.privately = grown(this.privately, size);
    const life = new Uint8Array(size);
    life.set(this.life);
    this.life = life;
    const shared = new Uint8Array(size);
    shared.set(this.shared);
    this.shared = shared;
  }
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}

function privateTables(lengths: Int32Array): ContentTable[] {
  return Array.from(lengths, (length) => new Table(length));
}

/** A `ContentTable` that nobody else uses. */
class Table implements ContentTable {
  private readonly length: number;
  private words: Int32Array<ArrayBuffer>;
  private index = new Int32Array(16).fill(-1);
  private mask = 15;
  count = 0;

  constructor(length: number) {
    this.length = length;
    this.words = new Int32Array(length * 4);
    this.intern(new Int32Array(length), 0);
  }

  get bytes(): number {
    return this.words.byteLength + this.index.byteLength;
  }

  at(number: number, offset: number): number {
    return this.words[number * this.length + offset]!;
  }

  load(number: number, into: Int32Array, start: number): void {
    const { length, words } = this;
    const from = number * length;
    for (let at = 0; at < length; at += 1) into[start + at] = words[from + at]!;
  }

  intern(source: Int32Array, start: number): number {
    const { length } = this;
    let slot = hashOfContent(source, start, length) & this.mask;
    for (;;) {
      const found = this.index[slot]!;
      if (found < 0) break;
      const from = found * length;
      let at = 0;
      while (at < length && this.words[from + at] === source[start + at]) at += 1;
      if (at === length) return found;
      slot = (slot + 1) & this.mask;
    }
    const number = this.count;
    if ((number + 1) * length > this.words.length) this.words = grown(this.words, this.words.length * 2);
    this.words.set(source.subarray(start, start + length), number * length);
    this.index[slot] = number;
    this.count += 1;
    if (this.count * 2 > this.index.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const size = this.index.length * 4;
    const index = new Int32Array(size).fill(-1);
    for (let number = 0; number < this.count; number += 1) {
      let slot = hashOfContent(this.words, number * this.length, this.length) & (size - 1);
      while (index[slot]! >= 0) slot = (slot + 1) & (size - 1);
      index[slot] = number;
    }
    this.index = index;
    this.mask = size - 1;
  }
}

/** 32 bits of a content. */
export function hashOfContent(words: Int32Array, start: number, length: number): number {
  let hash = length;
  for (let at = start; at < start + length; at += 1) {
    hash = Math.imul(hash ^ words[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
