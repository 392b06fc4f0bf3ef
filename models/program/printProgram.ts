import { printErrno } from './errno.js';
import type { Node, Operand, Program } from './program.js';

/** One operand as C would write it. */
export function printOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'int':
      return operand.text !== '' ? operand.text : printErrno(operand.value);
    case 'local':
    case 'symbol':
      return operand.name;
    case 'member':
      return `&${printPlace(operand)}`;
    case 'element':
    case 'offset':
      return `${printOperand(operand.base)} + ${parenthesised(operand.index)}`;
    case 'containerOf':
      return `container_of(${printOperand(operand.base)}, struct ${operand.tag}, ${operand.path.join('.')})`;
    case 'unary':
      if (operand.operator === 'IS_ERR') return `IS_ERR(${printOperand(operand.operand)})`;
      return `${operand.operator}${parenthesised(operand.operand)}`;
    case 'convert':
      return `(${operand.to})${parenthesised(operand.operand)}`;
    case 'binary':
      return `${parenthesised(operand.left)} ${operand.operator} ${parenthesised(operand.right)}`;
  }
}

function parenthesised(operand: Operand): string {
  const isSum = operand.kind === 'binary' || operand.kind === 'element' || operand.kind === 'offset';
  return isSum ? `(${printOperand(operand)})` : printOperand(operand);
}

/** The memory an address operand names: `shm->refcount` for `&shm->refcount`, else `*p`. */
export function printPlace(address: Operand): string {
  if (address.kind === 'member') {
    const arrow = address.base.kind === 'symbol' ? '.' : '->';
    return `${parenthesised(address.base)}${arrow}${address.path.join('.')}`;
  }
  if (address.kind === 'element')
    return `${parenthesised(address.base).replace(/^&/, '')}[${printOperand(address.index)}]`;
  if (address.kind === 'offset') return `${parenthesised(address.base)}[${printOperand(address.index)}]`;
  return `*${parenthesised(address)}`;
}

/** One node without its targets, for example `%1 = teedev->desc` or `mutex_lock(&teedev->mutex)`. */
export function printNode(node: Node): string {
  const args = (list: readonly Operand[]) => list.map(printOperand).join(', ');
  const into = (dst: string | null) => (dst === null ? '' : `${dst} = `);
  switch (node.kind) {
    case 'assign':
      return `${node.dst} = ${printOperand(node.value)}`;
    case 'load':
      return `${node.dst} = ${printPlace(node.address)}${node.access === 'plain' ? '' : ` (${node.access})`}`;
    case 'store':
      return `${printPlace(node.address)} = ${printOperand(node.value)}${node.access === 'plain' ? '' : ` (${node.access})`}`;
    case 'event':
      return `${into(node.dst)}@${node.event}(${args([node.cell, ...node.args])})`;
    case 'call':
      return `${into(node.dst)}${node.callee}(${args(node.args)})`;
    case 'callIndirect':
      return `${into(node.dst)}(*${printOperand(node.target)}${node.slot === null ? '' : ` /* ${node.slot} */`})(${args(node.args)})`;
    case 'branch':
      return `if (${printOperand(node.condition)})`;
    case 'choose':
      return `choose ${node.name}`;
    case 'await':
      return `await ${printPlace(node.address)}`;
    case 'alloc':
      return `${node.dst} = new ${node.stack ? 'local ' : ''}${node.tag}`;
    case 'free':
      return `end of ${node.stack ? 'local ' : ''}*${printOperand(node.pointer)}`;
    case 'report':
      return `report ${node.property}: ${node.what}`;
    case 'limit':
      return `limit: ${node.what}`;
    case 'opaque':
      return `${node.dst} = unknown(${node.what})`;
    case 'return':
      return node.value === null ? 'return' : `return ${printOperand(node.value)}`;
  }
}

/** A whole program, one node a line with its targets; the order is that of the nodes. */
export function printProgram(program: Program): string {
  const { definition } = program;
  const lines = program.nodes.map((node, id) => {
    const line = node.span.line === undefined ? '' : `  // line ${node.span.line}`;
    return `  ${String(id).padStart(3)}: ${printNode(node)}${printTargets(node, id)}${line}`;
  });
  return [`${definition.name}  /* ${definition.origin}, ${definition.file} */`, ...lines].join('\n');
}

function printTargets(node: Node, id: number): string {
  switch (node.kind) {
    case 'branch':
      return ` goto ${node.then} else ${node.otherwise}`;
    case 'choose':
      return node.alternatives.map((alternative) => ` ${alternative.name}→${alternative.next}`).join(',');
    case 'return':
      return '';
    default:
      return node.next === id + 1 ? '' : ` goto ${node.next}`;
  }
}
