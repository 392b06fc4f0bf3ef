import type { PropertyId } from '../../models/program/propertyId.js';
import { headerState } from './header.js';
import type { LinkedSystem, ObjectSlot } from './linkedSystem.js';
import { stateName } from './stateName.js';
import type { Violation } from './step.js';
import { payloadOf } from './word.js';

/**
 * What a run that has ended left behind: objects that are live in `words` and not in `reference`, and cells and counts of
 * objects that are live in both but not the same. `live` is the state of the memory lifecycle of a live object.
 */
export function leftovers(system: LinkedSystem, words: Int32Array, reference: Int32Array, live: number): Violation[] {
  const found: Violation[] = [];
  const tell = (property: PropertyId, object: ObjectSlot, cell: string, title: string) => {
    const common = { operation: 'end of run', conflict: '', thread: 0, node: -1, via: 'end of run', ends: false };
    found.push({ ...common, property, tag: object.tag, cell, title, object: object.index });
  };
  const isLive = (state: Int32Array, object: ObjectSlot) => (payloadOf(state[object.header]!) & headerState) === live;
  for (const object of system.objects) {
    if (!isLive(words, object)) continue;
    if (!isLive(reference, object)) {
      tell('memory-leak', object, '', `struct ${object.tag} is still allocated at the end of the run`);
      continue;
    }
    for (const { offset, path, table } of object.layout.cells) {
      const at = object.header + 1 + offset;
      const broken = table.atEnd[payloadOf(words[at]!)];
      // Of a lock that was left behind its holder was told when it ended.
      if (!broken || broken === 'lock-held-at-return' || words[at] === reference[at]) continue;
      const [now, then] = [words, reference].map((state) => stateName(system, table, payloadOf(state[at]!)));
      tell(
        broken,
        object,
        path,
        `${path} of struct ${object.tag} is ${now} at the end of the run, without the run it is ${then}`,
      );
    }
    for (const [name, field] of object.layout.fields) {
      const at = object.header + 1 + field.offset;
      if (!field.isCount || words[at] === reference[at]) continue;
      const [now, then] = [payloadOf(words[at]!), payloadOf(reference[at]!)];
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
