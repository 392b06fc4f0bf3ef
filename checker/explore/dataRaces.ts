import type { Access, Violation } from '../system/step.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { pathAt } from '../system/pathAt.js';

/** An access that one way of making a thread's next step would make. */
export interface NextAccess extends Access {
  readonly thread: number;
}

/** Two accesses that may happen at the same time; `writer` writes. */
export interface DataRace<T extends NextAccess> {
  readonly writer: T;
  readonly other: T;
  readonly violation: Violation;
}

/** Pairs of accesses of two threads in one state that conflict, at least one of them plain. */
export function dataRaces<T extends NextAccess>(system: LinkedSystem, accesses: readonly T[]): DataRace<T>[] {
  const races: DataRace<T>[] = [];
  for (const first of accesses) {
    for (const second of accesses) {
      if (first.thread >= second.thread || first.address !== second.address) continue;
      if ((!first.writes && !second.writes) || (!first.plain && !second.plain)) continue;
      const [writer, other] = first.writes ? [first, second] : [second, first];
      races.push({ writer, other, violation: raceViolation(system, writer, other) });
    }
  }
  return races;
}

/** What is broken; of two threads that write, either can be told to be the writer. */
export function raceViolation(system: LinkedSystem, writer: NextAccess, other: NextAccess): Violation {
  const object = system.objects.find(
    ({ header, layout }) => writer.address > header && writer.address <= header + layout.size,
  )!;
  const cell = pathAt(system, object.layout, writer.address - object.header - 1);
  const functionOf = (access: NextAccess) => system.nodes[access.node]!.function.definition.name;
  return {
    property: 'data-race',
    tag: object.tag,
    cell,
    operation: 'write',
    conflict: other.writes ? 'write' : 'read',
    thread: writer.thread,
    node: writer.node,
    via: `${functionOf(writer)} against ${functionOf(other)}`,
    ends: false,
    title: `${functionOf(writer)} writes ${cell} of struct ${object.tag} while ${functionOf(other)} ${other.writes ? 'writes' : 'reads'} it`,
    object: object.index,
  };
}
