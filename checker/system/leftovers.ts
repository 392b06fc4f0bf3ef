import type { PropertyId } from '../../models/program/propertyId.js';
import { framesOf, functionOf } from './frames.js';
import { headerOfSetup, headerState } from './header.js';
import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { Matching } from './matching.js';
import { stateName } from './stateName.js';
import type { Violation } from './step.js';
import { payloadOf, stateAddressOf } from './word.js';

/**
 * What a run that has ended left behind: objects that are live in `words` and have no counterpart in `reference`, and cells and counts
 * that are not what they are in the counterpart. `live` is the state of the memory lifecycle of a live object.
 *
 * The counterpart of an object that setup made is itself, wherever the pointers to it are. Of others it is one that a same word leads to, of objects
 * that are compared or of threads; of such pairs there are as many as can be. So what took the place of an object that setup made is no leak. What is freed
 * and made again in another place is one, also in another place of the same list.
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
  const isItself = (object: ObjectSlot) => object.static || isOfSetup(words, object);
  const present = system.objects.filter((object) => isLive(words, object, live));
  const pairs = new Map(present.filter(isItself).map((object) => [object, object]));
  const isNew = present.filter((object) => !pairs.has(object));
  // Nearly always nothing is new at the end of a run.
  if (isNew.length === 0) return pairs;
  const gone = system.objects.filter((object) => isLive(reference, object, live) && !pairs.has(object));
  const at = (objects: readonly ObjectSlot[], word: number) => {
    const address = stateAddressOf(word);
    const object = objects.find(({ header, layout }) => address > header && address <= header + layout.size);
    return object && { object, offset: address - object.header };
  };
  const matching = new Matching<ObjectSlot>();
  const meet = (word: number, before: number) => {
    const [one, other] = [at(isNew, words[word]!), at(gone, reference[before]!)];
    if (one && one.offset === other?.offset && one.object.tag === other.object.tag)
      matching.allow(one.object, other.object);
  };
  const meetIn = (one: ObjectSlot, other: ObjectSlot) => {
    for (let offset = 1; offset <= one.layout.size; offset += 1) meet(one.header + offset, other.header + offset);
  };
  for (const [object, counterpart] of pairs) meetIn(object, counterpart);
  for (const word of sharedStackWords(system, words, reference)) meet(word, word);
  // What belongs together names what belongs together.
  for (let size = -1; size < matching.allowed;) {
    size = matching.allowed;
    for (const [one, other] of matching.pairs()) meetIn(one, other);
  }
  return new Map([...pairs, ...matching.pairs()]);
}

/** Addresses of the words of frames that threads have in both states: what a worker holds when it waits for work. */
function sharedStackWords(system: LinkedSystem, words: Int32Array, reference: Int32Array): number[] {
  const found: number[] = [];
  for (const { index } of system.threads) {
    const [frames, others] = [words, reference].map((state) => framesOf(system, state, index).reverse());
    for (const [depth, frame] of frames!.entries()) {
      const fn = functionOf(system, words, frame);
      if (others![depth] !== frame || functionOf(system, reference, frame) !== fn) break;
      for (let word = frame; word < frame + fn.frameSize; word += 1) found.push(word);
    }
  }
  return found;
}
