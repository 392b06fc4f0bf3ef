import type { Block, ExportModel, Stmt } from './exportModel.js';

/** The statements of a list and of all arms below it. */
export function* statementsOf(code: readonly Stmt[]): Generator<Stmt> {
  for (const stmt of code) {
    yield stmt;
    if (stmt.kind === 'match' || stmt.kind === 'choose') for (const arm of stmt.arms.values()) yield* statementsOf(arm);
  }
}

/** The blocks of each thread in the order in which control comes to them, so that what belongs together stands together. */
export function orderOf(model: ExportModel): readonly (readonly Block[])[] {
  const seen = new Set<number>();
  const order: Block[][] = model.system.threads.map(() => []);
  for (const root of model.blocks) {
    const stack = [root];
    for (let block = stack.pop(); block; block = stack.pop()) {
      if (seen.has(block.id) || !block.code) continue;
      seen.add(block.id);
      order[block.instance.thread]!.push(block);
      const next = [...statementsOf(block.code)].flatMap((stmt) => (stmt.kind === 'go' ? [stmt.to] : []));
      for (const id of next.reverse()) stack.push(model.blocks[id - 1]!);
    }
  }
  return order;
}
