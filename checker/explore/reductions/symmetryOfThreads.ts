import { filesOf } from '../../system/filesOf.js';
import type { LinkedFunction, LinkedSystem, ThreadSlot } from '../../system/linkedSystem.js';
import { headerState } from '../../system/header.js';
import { constantBase, nullPage, payloadOf, tagOf, tagPointer } from '../../system/word.js';
import { computesWithAddresses } from './symmetryOfAddresses.js';
import type { ThreadSymmetry } from './symmetryRenaming.js';
import { Renaming } from './symmetryRenaming.js';

/**
 * Finds the threads that can be exchanged without anybody noticing: they run the same program, and exchanging two of them with
 * their objects leads the state after setup, and the one that the end of a run is compared with, over into themselves.
 *
 * Objects that setup made and that are reached from globals stay where they are, also those in a pool of such a thread. So pools
 * need not correspond slot by slot: which slot an object is in makes no difference to any step, except that another one may be
 * taken by the next allocation, and that a pool may be used up (which ends a search as inconclusive).
 *
 * C. N. Ip, D. L. Dill, Better verification through symmetry (1996); E. M. Clarke et al., Exploiting symmetry in temporal logic
 * model checking (1996).
 */
export function threadSymmetry(system: LinkedSystem, initial: Int32Array, quiet: Int32Array): ThreadSymmetry {
  const none = system.threads.map(() => []);
  const where = computesWithAddresses(system);
  const isLarge = system.threads.length > mostThreads;
  if (where !== null || isLarge) {
    const why = isLarge ? `there are more than ${mostThreads} threads` : `${where} computes with addresses`;
    return { classes: [], places: none, reasons: [`no threads are exchanged: ${why}`] };
  }
  const reasons: string[] = [];
  const groups = new Map<string, number[]>();
  for (const thread of system.threads) {
    const key = programKey(system, thread);
    const group = groups.get(key);
    if (group) group.push(thread.index);
    else groups.set(key, [thread.index]);
  }
  let found: ThreadSymmetry = { classes: [], places: none, reasons };
  for (const group of groups.values()) {
    const classes: number[][] = [];
    for (const thread of group) {
      let isPlaced = false;
      for (const members of classes) {
        const wider = withClass(system, initial, found, [...members, thread]);
        const why = typeof wider === 'string' ? wider : whyNot(system, initial, quiet, wider);
        if (why === null) members.push(thread);
        else reasons.push(`threads ${names(system, [members[0]!, thread])} are not interchangeable: ${why}`);
        isPlaced = why === null;
        if (isPlaced) break;
      }
      if (!isPlaced) classes.push([thread]);
    }
    for (const members of classes) {
      if (members.length < 2) continue;
      const wider = withClass(system, initial, found, members);
      if (typeof wider === 'string') throw new Error(`threads that were interchangeable are no longer: ${wider}`);
      found = wider;
      reasons.push(`threads ${names(system, members)} are interchangeable: they run the same program`);
    }
  }
  return { ...found, reasons };
}

/** Permutations of so many threads can be numbered. */
const mostThreads = 13;

function names(system: LinkedSystem, threads: readonly number[]): string {
  return threads.map((thread) => `'${system.threads[thread]!.name}'`).join(', ');
}

/** What has to be equal for threads to be interchangeable, as far as it shows without a state. */
function programKey(system: LinkedSystem, thread: ThreadSlot): string {
  const root = system.functions[thread.root]!;
  const { program, entry } = root;
  const nodes = program.nodes.map((node, index) => {
    const { dead, deadDuringCall } = system.nodes[entry + index]!;
    return { ...node, span: null, dead, deadDuringCall };
  });
  const { daemon, unregister, process, size } = thread;
  const forced = system.options.forcedOutcomes.filter(({ caller }) => caller === root.definition.name);
  return JSON.stringify([nodes, frameOf(root), daemon, unregister, process === null, size, forced]);
}

function frameOf(root: LinkedFunction): unknown {
  const { frameSize, slots, unwrittenSlots, onCall, onReturn, returnChecks } = root;
  return [frameSize, [...slots], unwrittenSlots, onCall.length, onReturn.length, returnChecks.length];
}

/** The symmetry with one more class, not yet tried; or why there is none. */
function withClass(
  system: LinkedSystem,
  initial: Int32Array,
  symmetry: ThreadSymmetry,
  members: readonly number[],
): ThreadSymmetry | string {
  const [first = 0, ...others] = members;
  const made = new Map<number, number[]>();
  for (const other of others) {
    const pairs = ofTheirOwn(system, initial, first, other);
    if (typeof pairs === 'string') return pairs;
    const ofFirst = pairs.map(([object]) => object);
    if (made.has(first) && made.get(first)!.join() !== ofFirst.join())
      return 'setup makes something for one of them that it does not make for the others';
    made.set(first, ofFirst);
    made.set(
      other,
      pairs.map(([, object]) => object),
    );
  }
  const isTaken = new Set([...made.values()].flat());
  const places = [...symmetry.places];
  for (const member of members) places[member] = [...made.get(member)!];
  for (const pools of system.pools.values()) {
    const free = members.map((member) =>
      pools[member]!.filter(({ index, header }) => initial[header] === 0 && !isTaken.has(index)),
    );
    const shared = Math.min(...free.map((slots) => slots.length));
    members.forEach((member, at) => {
      places[member] = [...places[member]!, ...free[at]!.slice(0, shared).map(({ index }) => index)];
    });
  }
  return { classes: [...symmetry.classes, members], places, reasons: [] };
}

/** Objects that setup left to two threads, in pairs: what is reached from their tasks and files, and not the same for both. */
function ofTheirOwn(
  system: LinkedSystem,
  initial: Int32Array,
  first: number,
  second: number,
): (readonly [number, number])[] | string {
  const [one, other] = [system.threads[first]!, system.threads[second]!];
  const objectAt = (address: number) =>
    system.objects.find(({ header, layout }) => address >= header && address <= header + layout.size);
  const pairs: (readonly [number, number])[] = [[objectAt(one.task)!.index, objectAt(other.task)!.index]];
  if (one.process !== other.process) {
    for (const { process } of [one, other])
      if (system.threads.filter((thread) => thread.process === process).length > 1)
        return 'they are in different processes, and not alone there';
    const files = [one, other].map(({ process }) =>
      process === null ? undefined : system.objects.find(({ name }) => name === filesOf(process)),
    );
    if (files[0] && files[1]) pairs.push([files[0].index, files[1].index]);
  }
  const image = new Map(pairs);
  for (const [from, to] of pairs) {
    const [a, b] = [system.objects[from]!, system.objects[to]!];
    if (a.tag !== b.tag) return 'setup leaves different objects to them';
    for (let offset = 1; offset <= a.layout.size; offset += 1) {
      const [left, right] = [initial[a.header + offset]!, initial[b.header + offset]!];
      if (left === right || !isAddress(left) || !isAddress(right)) continue;
      const [x, y] = [objectAt(payloadOf(left)), objectAt(payloadOf(right))];
      if (!x || !y || image.get(x.index) === y.index) continue;
      if (image.has(x.index) || x.index === y.index) return 'setup leaves different objects to them';
      image.set(x.index, y.index);
      pairs.push([x.index, y.index]);
    }
  }
  return pairs;
}

function isAddress(word: number): boolean {
  return tagOf(word) === tagPointer && payloadOf(word) >= nullPage && payloadOf(word) < constantBase;
}

/** Why the last class of a symmetry is none, as half a sentence; null if exchanging any two neighbours in it changes nothing. */
function whyNot(system: LinkedSystem, initial: Int32Array, quiet: Int32Array, symmetry: ThreadSymmetry): string | null {
  const members = symmetry.classes.at(-1)!;
  for (let at = 0; at + 1 < members.length; at += 1) {
    const renaming = Renaming.of(system, symmetry, transposition(system, members[at]!, members[at + 1]!));
    if (typeof renaming === 'string') return `a lifecycle tells them apart (${renaming})`;
    for (const [what, words] of [
      ['setup', initial],
      ['a run without them', quiet],
    ] as const) {
      const object = differenceOf(system, words, renaming.renamed(words));
      if (object !== null) return `${what} leaves ${object} differently to them`;
    }
  }
  const isSymbol = new Set(symmetry.places.flat());
  for (const [name, word] of system.symbols) {
    if (!isAddress(word)) continue;
    const object = system.objects.find(({ header, layout }) => word >> 2 > header && word >> 2 <= header + layout.size);
    if (object && isSymbol.has(object.index)) return `${name} is named by the program`;
  }
  return null;
}

/** The permutation that exchanges two threads. */
export function transposition(system: LinkedSystem, one: number, other: number): Int32Array {
  const permutation = Int32Array.from(system.threads, ({ index }) => index);
  permutation[one] = other;
  permutation[other] = one;
  return permutation;
}

/** Name of the object or thread in which two states differ; null if they are the same. Contents of freed memory count too. */
function differenceOf(system: LinkedSystem, words: Int32Array, other: Int32Array): string | null {
  const at = words.findIndex((word, address) => word !== other[address]);
  if (at < 0) return null;
  const object = system.objects.find(({ header, layout }) => at >= header && at <= header + layout.size);
  if (!object) return 'a stack';
  return (payloadOf(words[object.header]!) & headerState) === 0 ? 'a free slot' : object.name;
}
