import { GrowableWords } from '../growableWords.js';
import type { MemoryAllowance } from '../memoryAllowance.js';
import type { PackedSystem } from '../packedSystem.js';
import type { ComponentTables } from './kernelCode.js';
import { changeWords, directory, drops, dropsOfThread, heldSetLimit, resultWords, testBytes } from './kernelCode.js';

/** Byte address of the first table behind the directory. */
const firstTable = 128;
const wordBytes = 4;

/** A table in the kernel's memory that grows, and moves when it does; its address stands in a word of the directory. */
class Table {
  /** Word index of its first word. */
  at = 0;
  private room = 0;
  private readonly heap: Heap;
  private readonly slot: number;

  constructor(heap: Heap, slot: number) {
    this.heap = heap;
    this.slot = slot;
  }

  /** Makes room for so many words; what it had stays. Throws `OutOfMemory`. */
  reserve(words: number): void {
    if (words <= this.room) return;
    const room = Math.max(16, 2 * words);
    const at = this.heap.allocate(room);
    this.heap.words.copyWithin(at, this.at, this.at + this.room);
    this.at = at;
    this.room = room;
    this.heap.words[this.slot / wordBytes] = at * wordBytes;
  }
}

/** Memory that is given out and not taken back: tables that double leave no more behind than they are large. */
class Heap {
  readonly memory: GrowableWords;
  private end = 0;

  constructor(allowance: MemoryAllowance) {
    this.memory = new GrowableWords(1024, allowance);
  }

  get words(): Int32Array {
    return this.memory.words;
  }

  allocate(words: number): number {
    const at = this.end;
    this.memory.reserve(at + words);
    this.end += words;
    return at;
  }
}

/**
 * What is known of a system's steps (`TransitionCache`, `Components`, `PackedSystem`), in the memory of the kernel and arranged as it reads it. `update` brings it up to
 * date; what was there already stays where it is, but for tables that outgrow their room.
 */
export class KernelTables {
  readonly components: ComponentTables;
  readonly heap: Heap;
  private readonly packed: PackedSystem;
  private readonly named: Readonly<Record<'tests' | 'children' | 'results' | 'outcomes' | 'lost' | 'heldKeys', Table>>;
  private readonly changeStarts: Table;
  private readonly changes: Table;
  private readonly ofBit: Table;
  private readonly facts: readonly Readonly<Record<'names' | 'life' | 'waits' | 'heldBy' | 'heldSets', Table>>[];
  /** How much of each was written. */
  private tests = 0;
  private children = 0;
  private results = 0;
  private outcomes = 0;
  private deltas = 0;
  private bits = 0;
  private heldVersion = -1;
  private readonly sizes: Int32Array;

  /** Throws `OutOfMemory`. */
  constructor(packed: PackedSystem, allowance: MemoryAllowance) {
    this.packed = packed;
    const { count } = packed.components;
    const heap = new Heap(allowance);
    this.heap = heap;
    heap.allocate(firstTable / wordBytes);
    const perComponent = (words = count) => heap.allocate(words) * wordBytes;
    const tables = {
      values: perComponent(packed.values.length),
      names: perComponent(),
      life: perComponent(),
      waits: perComponent(),
      heldBy: perComponent(),
      heldSets: perComponent(),
      place: perComponent(),
      clear: perComponent(),
      reached: perComponent(packed.components.maskWords),
      nextPart: perComponent(),
    };
    this.components = tables;
    const table = (slot: number) => new Table(heap, slot);
    this.named = {
      tests: table(directory.tests),
      children: table(directory.children),
      results: table(directory.results),
      outcomes: table(directory.outcomes),
      lost: table(directory.lost),
      heldKeys: table(directory.heldKeys),
    };
    this.changeStarts = table(directory.changeStarts);
    this.changes = table(directory.changes);
    this.ofBit = table(directory.ofBit);
    this.facts = Array.from({ length: count }, (_, component) => ({
      names: table(tables.names + wordBytes * component),
      life: table(tables.life + wordBytes * component),
      waits: table(tables.waits + wordBytes * component),
      heldBy: table(tables.heldBy + wordBytes * component),
      heldSets: table(tables.heldSets + wordBytes * component),
    }));
    const { objects, furtherParts } = packed.components;
    for (let object = 0; object < objects; object += 1)
      for (let part = furtherParts[object]!, last = object; part < furtherParts[object + 1]!; last = part, part += 1)
        heap.words[tables.nextPart / wordBytes + last] = wordBytes * part;
    this.sizes = new Int32Array(count);
    packed.cache.track();
  }

  get bytes(): number {
    return this.heap.memory.bytes;
  }

  /** Packed states have another form: what depends on it is written anew with the next update. */
  forgetForm(): void {
    this.deltas = 0;
    const { words } = this.heap;
    const { word, shift, mask } = this.packed.layout;
    for (const [component, bits] of mask.entries()) {
      words[this.components.place / wordBytes + component] = wordBytes * word[component]!;
      words[this.components.clear / wordBytes + component] = ~(bits << shift[component]!);
    }
  }

  /** False if there are too many sets of locks held for the kernel. Throws `OutOfMemory`. */
  update(): boolean {
    this.updateTests();
    this.updateOutcomes();
    this.updateContents();
    return this.updateHeldLocks();
  }

  private updateTests(): void {
    const { heap, named } = this;
    const { cache } = this.packed;
    const { tests, children, results } = named;
    tests.reserve((cache.tests * testBytes) / wordBytes);
    children.reserve(cache.childrenUsed);
    const { changedTests, changedChildren } = cache.track();
    const writeTest = (test: number): void => {
      const { what, low, room, children: first } = cache.test(test);
      const at = tests.at + (test * testBytes) / wordBytes;
      heap.words[at] = this.components.values + wordBytes * what;
      heap.words[at + 1] = low;
      heap.words[at + 2] = room;
      heap.words[at + 3] = wordBytes * first;
    };
    for (const test of changedTests) if (test < this.tests) writeTest(test);
    for (; this.tests < cache.tests; this.tests += 1) writeTest(this.tests);
    for (const slot of changedChildren)
      if (slot < this.children) heap.words[children.at + slot] = cache.children[slot]!;
    heap.words.set(cache.children.subarray(this.children, cache.childrenUsed), children.at + this.children);
    this.children = cache.childrenUsed;
    results.reserve(cache.results * resultWords);
    for (; this.results < cache.results; this.results += 1) {
      const { firstOutcome, transitions, cuts, reads, writes } = cache;
      const result = this.results;
      heap.words.set(
        [
          firstOutcome[result]!,
          firstOutcome[result + 1]!,
          transitions[result]!,
          cuts[result]!,
          reads[result]!,
          writes[result]!,
        ],
        results.at + result * resultWords,
      );
    }
  }

  private updateOutcomes(): void {
    const { heap, changes, changeStarts, packed } = this;
    const { cache, components, layout } = packed;
    const { outcomes, lost } = this.named;
    const { maskWords } = components;
    lost.reserve(cache.outcomes * maskWords);
    changeStarts.reserve(cache.outcomes + 1);
    changes.reserve((cache.firstChange[cache.outcomes]! >> 1) * changeWords);
    for (; this.outcomes < cache.outcomes; this.outcomes += 1) {
      const outcome = this.outcomes;
      const [from, to] = [cache.firstChange[outcome]!, cache.firstChange[outcome + 1]!];
      for (let word = outcome * maskWords; word < (outcome + 1) * maskWords; word += 1)
        heap.words[lost.at + word] = cache.lost[word]!;
      heap.words[changeStarts.at + outcome] = from >> 1;
      heap.words[changeStarts.at + outcome + 1] = to >> 1;
      for (let change = from; change < to; change += 2) {
        const at = changes.at + (change >> 1) * changeWords;
        heap.words[at] = this.components.values + wordBytes * cache.changes[change]!;
        heap.words[at + 1] = cache.changes[change + 1]!;
        heap.words[at + 2] = cache.origins[change >> 1]!;
      }
    }
    const { width } = layout;
    const deltas = packed.outcomeDeltas();
    outcomes.reserve(cache.outcomes * (width + 1));
    for (; this.deltas < cache.outcomes; this.deltas += 1) {
      const at = outcomes.at + this.deltas * (width + 1);
      heap.words[at] =
        cache.drops[this.deltas] === 0 ? 0 : this.takesFromThreadsOnly(this.deltas) ? dropsOfThread : drops;
      for (let word = 0; word < width; word += 1) heap.words[at + 1 + word] = deltas[this.deltas * width + word]!;
    }
  }

  /** Whether all names that an outcome takes away are those of threads: what static objects reach they still reach. */
  private takesFromThreadsOnly(outcome: number): boolean {
    const { cache, components } = this.packed;
    const { maskWords, firstThread } = components;
    for (let change = cache.firstChange[outcome]!; change < cache.firstChange[outcome + 1]!; change += 2) {
      const component = cache.changes[change]!;
      if (component >= firstThread) continue;
      const { names } = components.facts[component]!;
      const [before, after] = [cache.origins[change >> 1]! * maskWords, cache.changes[change + 1]! * maskWords];
      for (let word = 0; word < maskWords; word += 1)
        if ((names[before + word]! & ~names[after + word]!) !== 0) return false;
    }
    return true;
  }

  private updateContents(): void {
    const { heap, facts, ofBit, sizes } = this;
    const { components } = this.packed;
    const { maskWords } = components;
    for (let component = 0; component < components.count; component += 1) {
      const size = components.sizes[component]!;
      if (size === sizes[component]) continue;
      const { names, life, waits, heldBy } = facts[component]!;
      const known = components.facts[component]!;
      const first = sizes[component]!;
      names.reserve(size * maskWords);
      life.reserve(size);
      waits.reserve(size);
      heldBy.reserve(size);
      heap.words.set(known.names.subarray(first * maskWords, size * maskWords), names.at + first * maskWords);
      heap.words.set(known.life.subarray(first, size), life.at + first);
      heap.words.set(known.waits.subarray(first, size), waits.at + first);
      heap.words.set(known.heldBy.subarray(first, size), heldBy.at + first);
      sizes[component] = size;
    }
    ofBit.reserve(components.bits);
    for (; this.bits < components.bits; this.bits += 1) heap.words[ofBit.at + this.bits] = components.ofBit[this.bits]!;
    heap.words[directory.bits / wordBytes] = components.bits;
  }

  private updateHeldLocks(): boolean {
    const { heap, facts, packed } = this;
    const { components, cache } = packed;
    const { version, sets, keys, count } = packed.heldLocks;
    if (count >= heldSetLimit) return false;
    const holders = Array.from(components.lockHolders.subarray(0, components.holding));
    // Of new contents nothing is known, which is 0, until a set of locks in them has got a number.
    for (const component of holders) facts[component]!.heldSets.reserve(components.sizes[component]! * cache.threads);
    if (version === this.heldVersion) return true;
    this.heldVersion = version;
    for (const component of holders) {
      const { heldSets } = facts[component]!;
      (sets[component] ?? []).forEach((set, place) => {
        heap.words[heldSets.at + place] = set === undefined ? 0 : set + 1;
      });
    }
    const { heldKeys } = this.named;
    heldKeys.reserve(keys.length * heldSetLimit);
    keys.forEach((chains, key) => {
      chains.forEach((next, set) => {
        heap.words[heldKeys.at + key * heldSetLimit + set + 1] = next ?? 0;
      });
    });
    return true;
  }
}
