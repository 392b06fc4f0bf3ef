import type { PropertyId } from '../../models/program/propertyId.js';
import { headerOfSetup, headerState } from './header.js';
import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { stateName } from './stateName.js';
import type { Violation } from './step.js';
import { payloadOf, stateAddressOf } from './word.js';

/**
 * What a run that has ended left behind: objects that are live in `words` and have no counterpart in `reference`, and cells and counts
 * that are not what they are in the counterpart. `live` is the state of the memory lifecycle of a live object.
 *
 * The counterpart of an object that setup made is itself, wherever the pointers to it are. Of others it is the one that the same words lead to, of objects
 * and of threads: what took the place of an object that setup made is no leak. What is freed and made again in another place is one, also in another
 * place of the same list.
 */
export function leftovers(system: LinkedSystem, words: Int32Array, reference: Int32Array, live: number): Violation[] {
  const found: Violation[] = [];
  const tell = (property: PropertyId, object: ObjectSlot, cell: string, title: string) => {
    const common = { operation: 'end of run', conflict: '', thread: 0, node: -1, via: 'end of run', ends: false };
    found.push({ ...common, property, tag: object.tag, cell, title, object: object.index });
  };
  const counterparts = counterpartsOf(system, words, reference, live);
  for (const object of system.objects) {
    if (!isLive(words, object, live)) continue;
    const counterpart = counterparts.get(object);
    if (!counterpart) {
      tell('memory-leak', object, '', `struct ${object.tag} is still allocated at the end of the run`);
      continue;
    }
    const shift = counterpart.header - object.header;
    for (const { offset, path, table } of object.layout.cells) {
      const at = object.header + 1 + offset;
      const [is, was] = [words[at]!, reference[at + shift]!];
      const broken = table.atEnd[payloadOf(is)];
      // Of a lock that was left behind its holder was told when it ended.
      if (!broken || broken === 'lock-held-at-return' || is === was) continue;
      const [now, then] = [is, was].map((word) => stateName(system, table, payloadOf(word)));
      tell(
        broken,
        object,
        path,
        `${path} of struct ${object.tag} is ${now} at the end of the run, without the run it is ${then}`,
      );
    }
    for (const [name, field] of object.layout.fields) {
      const at = object.header + 1 + field.offset;
      if (!field.isCount || words[at] === reference[at + shift]) continue;
      const [now, then] = [payloadOf(words[at]!), payloadOf(reference[at + shift]!)];
      tell(
        'count-not-restored',
        object,
        name,
        `${name} of struct ${object.tag} is ${now} at the end of the run, without the run it is ${then}`,
      );
    }
  }
  return found;
}

function isLive(state: Int32Array, { header }: ObjectSlot, live: number): boolean {
  return (payloadOf(state[header]!) & headerState) === live;
}

function isOfSetup(state: Int32Array, { header }: ObjectSlot): boolean {
  return (payloadOf(state[header]!) & headerOfSetup) !== 0;
}

/** By object that is live in `words`, the one in `reference` that it is compared with, if there is one. */
function counterpartsOf(
  system: LinkedSystem,
  words: Int32Array,
  reference: Int32Array,
  live: number,
): ReadonlyMap<ObjectSlot, ObjectSlot> {
  const pairs = new Map<ObjectSlot, ObjectSlot>();
  const isNew: ObjectSlot[] = [];
  for (const object of system.objects) {
    if (!isLive(words, object, live)) continue;
    if (object.static || isOfSetup(words, object)) pairs.set(object, object);
    else isNew.push(object);
  }
  // Nearly always nothing is new at the end of a run.
  if (isNew.length === 0) return pairs;
  const isGone = (object: ObjectSlot) => isLive(reference, object, live) && !pairs.has(object);
  const taken = new Set<ObjectSlot>();
  const at = (objects: readonly ObjectSlot[], address: number) =>
    objects.find(({ header, layout }) => address > header && address <= header + layout.size);
  const gone = system.objects.filter(isGone);
  const meet = (word: number, before: number) => {
    const [to, from] = [stateAddressOf(word), stateAddressOf(before)];
    const [one, other] = [at(isNew, to), at(gone, from)];
    if (!one || !other || one.tag !== other.tag || to - one.header !== from - other.header) return;
    if (pairs.has(one) || taken.has(other)) return;
    pairs.set(one, other);
    taken.add(other);
  };
  // What a worker holds when it waits for work.
  for (const { base, size } of system.threads)
    for (let word = base; word < base + size; word += 1) meet(words[word]!, reference[word]!);
  // Goes on to the pairs that it adds.
  for (const [object, counterpart] of pairs)
    for (let offset = 1; offset <= object.layout.size; offset += 1)
      meet(words[object.header + offset]!, reference[counterpart.header + offset]!);
  return pairs;
}
