import { destinationOf, localsOfOperand, operandsOf } from '../../models/program/checkProgram.js';
import type { Program } from '../../models/program/program.js';
import { successorsOf } from '../../models/program/program.js';

type Live = readonly ReadonlySet<string>[];

/** By program, then by what is always live. Most programs are part of every system. */
const known = new WeakMap<Program, Map<string, Live>>();

/** For each node the locals whose value some path from it still reads, before the node runs. */
export function liveBefore(program: Program, alwaysLive: readonly string[] = []): Live {
  let ofProgram = known.get(program);
  if (ofProgram === undefined) known.set(program, (ofProgram = new Map<string, Live>()));
  const key = alwaysLive.join();
  let live = ofProgram.get(key);
  if (live === undefined) ofProgram.set(key, (live = findLive(program, alwaysLive)));
  return live;
}

function findLive(program: Program, alwaysLive: readonly string[]): Live {
  const { nodes } = program;
  const predecessors: number[][] = nodes.map(() => []);
  nodes.forEach((node, id) => successorsOf(node).forEach((next) => predecessors[next]!.push(id)));
  const written = nodes.map(destinationOf);
  const read = nodes.map((node) => operandsOf(node).flatMap(localsOfOperand));
  const live: Set<string>[] = nodes.map(() => new Set(alwaysLive));
  const work = nodes.map((_, id) => id);
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const before = new Set<string>(alwaysLive);
    for (const next of successorsOf(nodes[id]!)) for (const name of live[next]!) before.add(name);
    const name = written[id]!;
    if (name !== null && !alwaysLive.includes(name)) before.delete(name);
    for (const local of read[id]!) before.add(local);
    if (before.size !== live[id]!.size) {
      live[id] = before;
      work.push(...predecessors[id]!);
    }
  }
  return live;
}
