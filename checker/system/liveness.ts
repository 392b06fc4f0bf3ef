import { destinationOf, localsOfOperand, operandsOf } from '../../models/program/checkProgram.js';
import type { Program } from '../../models/program/program.js';
import { successorsOf } from '../../models/program/program.js';

/** For each node the locals whose value some path from it still reads, before the node runs. */
export function liveBefore(program: Program, alwaysLive: readonly string[] = []): ReadonlySet<string>[] {
  const { nodes } = program;
  const predecessors: number[][] = nodes.map(() => []);
  nodes.forEach((node, id) => successorsOf(node).forEach((next) => predecessors[next]!.push(id)));
  const live: Set<string>[] = nodes.map(() => new Set(alwaysLive));
  const work = nodes.map((_, id) => id);
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const node = nodes[id]!;
    const before = new Set<string>(alwaysLive);
    for (const next of successorsOf(node)) for (const name of live[next]!) before.add(name);
    const written = destinationOf(node);
    if (written !== null && !alwaysLive.includes(written)) before.delete(written);
    for (const operand of operandsOf(node)) for (const name of localsOfOperand(operand)) before.add(name);
    if (before.size !== live[id]!.size) {
      live[id] = before;
      work.push(...predecessors[id]!);
    }
  }
  return live;
}
