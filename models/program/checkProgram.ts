import type { Node, Operand, Program } from './program.js';
import { successorsOf } from './program.js';

/**
 * What is wrong with a lowered program, as sentences; empty for a well-formed one. Checks that targets exist, that every
 * node is reachable, that every local is declared, and that each node carries its function's span.
 */
export function checkProgram(program: Program): string[] {
  const problems: string[] = [];
  const declared = new Set(program.variables.map((variable) => variable.name));
  const reached = new Set<number>();
  const work = [0];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (reached.has(id)) continue;
    const node = program.nodes[id];
    if (!node) {
      problems.push(`a node continues at ${id}, which does not exist`);
      continue;
    }
    reached.add(id);
    work.push(...successorsOf(node));
  }
  program.nodes.forEach((node, id) => {
    if (!reached.has(id)) problems.push(`node ${id} (${node.kind}) cannot be reached`);
    if (node.span.function !== program.definition.name) problems.push(`node ${id} belongs to ${node.span.function}`);
    for (const name of localsOf(node))
      if (!declared.has(name)) problems.push(`node ${id} uses '${name}', which is not declared`);
    if (node.kind === 'choose' && node.alternatives.length === 0)
      problems.push(`node ${id} has nothing to choose from`);
  });
  return problems;
}

/** The operands of a node, in evaluation order. */
export function operandsOf(node: Node): readonly Operand[] {
  switch (node.kind) {
    case 'assign':
      return [node.value];
    case 'load':
    case 'await':
      return [node.address];
    case 'store':
      return [node.value, node.address];
    case 'event':
      return [node.cell, ...node.args];
    case 'call':
      return node.args;
    case 'callIndirect':
      return [node.target, ...node.args];
    case 'branch':
      return [node.condition];
    case 'free':
      return [node.pointer];
    case 'return':
      return node.value === null ? [] : [node.value];
    case 'choose':
    case 'alloc':
    case 'report':
    case 'limit':
    case 'opaque':
      return [];
  }
}

/** The local a node writes, or null. */
export function destinationOf(node: Node): string | null {
  return 'dst' in node ? node.dst : null;
}

/** The locals an operand reads. */
export function localsOfOperand(operand: Operand): readonly string[] {
  switch (operand.kind) {
    case 'local':
      return [operand.name];
    case 'member':
    case 'containerOf':
      return localsOfOperand(operand.base);
    case 'element':
    case 'offset':
      return [...localsOfOperand(operand.base), ...localsOfOperand(operand.index)];
    case 'unary':
    case 'convert':
      return localsOfOperand(operand.operand);
    case 'binary':
      return [...localsOfOperand(operand.left), ...localsOfOperand(operand.right)];
    case 'int':
    case 'symbol':
      return [];
  }
}

function localsOf(node: Node): string[] {
  const written = destinationOf(node);
  return [...operandsOf(node).flatMap(localsOfOperand), ...(written === null ? [] : [written])];
}
