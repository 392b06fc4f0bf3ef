import { operandsOf } from '../../models/program/checkProgram.js';
import { fits } from '../../models/program/intArithmetic.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedSystem } from './linkedSystem.js';
import { largeNumber } from './word.js';

/** The words of the constants of a system that are too large to be stored as numbers, in the order of its nodes. */
export function largeNumbersOf(system: LinkedSystem): ReadonlyMap<number, number> {
  const words = new Map<number, number>();
  const visit = (operand: Operand): void => {
    switch (operand.kind) {
      case 'int':
        if (!fits(operand.value) && !words.has(operand.value)) words.set(operand.value, largeNumber(words.size));
        return;
      case 'member':
      case 'containerOf':
        return visit(operand.base);
      case 'element':
      case 'offset':
        visit(operand.base);
        return visit(operand.index);
      case 'unary':
      case 'convert':
        return visit(operand.operand);
      case 'binary':
        visit(operand.left);
        return visit(operand.right);
      case 'local':
      case 'symbol':
        return;
    }
  };
  for (const { node } of system.nodes) for (const operand of operandsOf(node)) visit(operand);
  return words;
}
