import type { LifecycleTable } from '../../../models/lifecycles/lifecycle.js';
import { headerConflictShift } from '../../system/header.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import type { Segment } from '../../system/segments.js';
import { furtherParts, segmentsOf } from '../../system/segments.js';
import {
  constantBase,
  integer,
  nullPage,
  payloadOf,
  pointer,
  tagFunction,
  tagOf,
  tagPointer,
} from '../../system/word.js';

/** Which threads of a system may change places, with all that is theirs. */
export interface ThreadSymmetry {
  /** Threads that are interchangeable, two or more in each class, in their order. */
  readonly classes: readonly (readonly number[])[];
  /**
   * By thread, objects that go with it: its task, its process's files if it is alone in the process, what setup made for it, and
   * slots of its pools. What stands at one position belongs together; threads that are in no class have none.
   */
  readonly places: readonly (readonly number[])[];
  /** One sentence for each class, and for each pair of threads that run the same program and are not interchangeable. */
  readonly reasons: readonly string[];
}

/**
 * A state with its threads renamed by a permutation: what belongs to thread t is then what belonged to the one that becomes t.
 * With a thread go its stack, its objects, every pointer to them, its program counters in its own outermost function, and the states of
 * locks and the like that name it.
 */
export class Renaming {
  /** By thread: which one it becomes. */
  readonly threads: Int32Array;
  /** By component (`segmentsOf`): the one that it becomes. */
  readonly components: Int32Array;
  /** By word address of an object. */
  readonly addresses: Int32Array;
  private readonly system: LinkedSystem;
  private readonly segments: readonly Segment[];
  private readonly functions: Int32Array;
  private readonly nodes: Int32Array;
  /** By lifecycle: the state that each state becomes. */
  private readonly states: ReadonlyMap<LifecycleTable, Int32Array>;

  /** The renaming; or the id of a lifecycle that tells threads apart. */
  static of(system: LinkedSystem, symmetry: ThreadSymmetry, threads: Int32Array): Renaming | string {
    const states = new Map<LifecycleTable, Int32Array>();
    for (const { layout } of system.objects)
      for (const { table } of layout.cells) {
        if (states.has(table)) continue;
        const image = stateImages(table, threads);
        if (image === null) return table.lifecycle.id;
        states.set(table, image);
      }
    return new Renaming(system, symmetry, threads, states);
  }

  private constructor(
    system: LinkedSystem,
    { places }: ThreadSymmetry,
    threads: Int32Array,
    states: ReadonlyMap<LifecycleTable, Int32Array>,
  ) {
    this.system = system;
    this.threads = threads;
    this.states = states;
    const { objects } = system;
    this.segments = segmentsOf(system);
    const further = furtherParts(system, this.segments);
    const firstThread = this.segments.length - 1 - threads.length;
    this.components = Int32Array.from(this.segments.keys());
    this.addresses = Int32Array.from({ length: system.width }, (_, at) => at);
    this.functions = Int32Array.from(system.functions, ({ index }) => index);
    this.nodes = Int32Array.from(system.nodes, ({ id }) => id);
    threads.forEach((to, from) => {
      if (to === from) return;
      this.components[firstThread + from] = firstThread + to;
      places[from]!.forEach((object, at) => {
        const target = places[to]![at]!;
        this.components[object] = target;
        for (let part = further[object]!; part < further[object + 1]!; part += 1)
          this.components[part] = further[target]! + part - further[object]!;
        const { header, layout } = objects[object]!;
        for (let offset = 0; offset <= layout.size; offset += 1)
          this.addresses[header + offset] = objects[target]!.header + offset;
      });
      const [root, becomes] = [from, to].map((thread) => system.functions[system.threads[thread]!.root]!);
      this.functions[root!.index] = becomes!.index;
      for (let at = 0; at < root!.program.nodes.length; at += 1) this.nodes[root!.entry + at] = becomes!.entry + at;
    });
  }

  /** The whole state, renamed. */
  renamed(words: Int32Array): Int32Array {
    const into = words.slice();
    for (let component = 0; component < this.components.length - 1; component += 1) this.rename(words, component, into);
    return into;
  }

  /** Writes a component of the state, renamed, to the place in `into` of the one that it becomes. */
  rename(words: Int32Array, component: number, into: Int32Array): void {
    const { object } = this.segments[component]!;
    const firstThread = this.segments.length - 1 - this.threads.length;
    if (object >= 0) this.renameObject(words, component, into);
    else if (component < this.segments.length - 1) this.renameThread(words, component - firstThread, into);
  }

  /** A control-flow node: only those of the threads' own outermost functions become others. */
  node(id: number): number {
    return id < 0 ? id : this.nodes[id]!;
  }

  private renameObject(words: Int32Array, component: number, into: Int32Array): void {
    const { start, length, object } = this.segments[component]!;
    const { header, layout } = this.system.objects[object]!;
    const shift = this.segments[this.components[component]!]!.start - start;
    for (let at = start; at < start + length; at += 1)
      into[at + shift] = at === header ? this.header(words[at]!) : this.word(words[at]!);
    for (const { offset, table } of layout.cells) {
      const at = header + 1 + offset;
      if (at >= start && at < start + length)
        into[at + shift] = integer(this.states.get(table)![payloadOf(words[at]!)]!);
    }
  }

  private renameThread(words: Int32Array, index: number, into: Int32Array): void {
    const { base, size } = this.system.threads[index]!;
    const shift = this.system.threads[this.threads[index]!]!.base - base;
    for (let offset = 0; offset < size; offset += 1) into[base + shift + offset] = this.word(words[base + offset]!);
    // The frames are a list through their second words; its first words are program counters.
    for (let at = base; payloadOf(words[at]!) !== 0;) {
      const frame = payloadOf(words[at]!);
      into[at + shift] = integer(frame + shift);
      into[frame + shift] = integer(this.nodes[payloadOf(words[frame]!) - 1]! + 1);
      at = frame + 1;
    }
  }

  private word(word: number): number {
    const tag = tagOf(word);
    if (tag === tagFunction) return word + ((this.functions[payloadOf(word) - 1]! + 1 - payloadOf(word)) << 2);
    if (tag !== tagPointer) return word;
    const at = payloadOf(word);
    return at < nullPage || at >= constantBase ? word : pointer(this.addresses[at] ?? at);
  }

  /** A header names the function that freed the memory. */
  private header(word: number): number {
    const payload = payloadOf(word);
    const conflict = (payload >> headerConflictShift) - 1;
    if (conflict < 0) return word;
    return integer(payload + ((this.functions[conflict]! - conflict) << headerConflictShift));
  }
}

/**
 * By state of a lifecycle: the one that it becomes when threads are renamed. Found by walking the table and its image side by side;
 * null if they do not match: the lifecycle tells threads apart. A monitor hears nothing of threads.
 */
export function stateImages(table: LifecycleTable, threads: Int32Array): Int32Array | null {
  const { lifecycle, events, next } = table;
  const width = events.length;
  const columns = events.map(({ type, value }, column) => {
    const isThread = lifecycle.events.find((event) => event.type === type)?.parameter?.limit === 'thread';
    return isThread && lifecycle.use === 'primitive' ? table.column.get(type)! + threads[value!]! : column;
  });
  const image = new Int32Array(table.states.length).fill(-1);
  image[0] = 0;
  const found = [0];
  for (const state of found) {
    const mapped = image[state]!;
    if (table.onFree[state] !== table.onFree[mapped] || table.atEnd[state] !== table.atEnd[mapped]) return null;
    for (let column = 0; column < width; column += 1) {
      const [entry, other] = [state * width + column, mapped * width + columns[column]!];
      const isAlike =
        table.result[entry] === table.result[other] &&
        table.violates[entry] === table.violates[other] &&
        table.ends[entry] === table.ends[other];
      const [to, target] = [next[entry]!, next[other]!];
      if (!isAlike || (to < 0 || target < 0 ? to !== target : false)) return null;
      if (to < 0) continue;
      if (image[to] === -1) {
        image[to] = target;
        found.push(to);
      } else if (image[to] !== target) return null;
    }
  }
  // States that no event leads to do not occur.
  return image.map((target, state) => (target === -1 ? state : target));
}
