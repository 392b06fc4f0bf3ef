import { operandsOf } from '../../../models/program/checkProgram.js';
import type { Operand } from '../../../models/program/program.js';
import type { LinkedFunction, LinkedSystem } from '../../system/linkedSystem.js';

/**
 * Name of a function whose result may depend on where objects stand in memory: it orders addresses, or calculates with them
 * other than by moving inside an array. Null if there is none; then objects may be exchanged without any step noticing.
 *
 * A `void *` counts where two are put in an order. Where a hand-written model adds to one or masks it, it is the number of a
 * page or a user's address, not a place in the state; lifted code that does so with a place ends the path (`operandCompiler.ts`).
 */
export function computesWithAddresses(system: LinkedSystem): string | null {
  for (const fn of system.functions)
    for (const node of fn.program.nodes)
      if (operandsOf(node).some((operand) => dependsOnPlace(fn, operand))) return fn.definition.name;
  return null;
}

function dependsOnPlace(fn: LinkedFunction, operand: Operand): boolean {
  switch (operand.kind) {
    case 'int':
    case 'local':
    case 'symbol':
      return false;
    case 'member':
    case 'containerOf':
      return dependsOnPlace(fn, operand.base);
    case 'element':
    case 'offset':
      return dependsOnPlace(fn, operand.base) || dependsOnPlace(fn, operand.index);
    case 'unary':
      return (operand.operator === '~' && isAddress(fn, operand.operand, false)) || dependsOnPlace(fn, operand.operand);
    case 'convert':
      return dependsOnPlace(fn, operand.operand);
    case 'binary': {
      const { operator, left, right } = operand;
      const isOrder = ['<', '<=', '>', '>='].includes(operator);
      const addresses = [left, right].filter((side) => isAddress(fn, side, isOrder)).length;
      const isFree = ['==', '!=', '&&', '||'].includes(operator) || (operator === '-' && addresses === 2);
      // With C's types everything else is a limit at run time (`operandCompiler.ts`).
      const depends = isOrder ? addresses === 2 : !isFree && operand.arithmetic === undefined && addresses > 0;
      return depends || dependsOnPlace(fn, left) || dependsOnPlace(fn, right);
    }
  }
}

function isAddress(fn: LinkedFunction, operand: Operand, ofVoid: boolean): boolean {
  switch (operand.kind) {
    case 'local': {
      const type = fn.types.get(operand.name);
      return type?.kind === 'pointer' && (ofVoid || type.to.kind !== 'void');
    }
    case 'member':
    case 'element':
    case 'offset':
    case 'containerOf':
      return true;
    case 'convert':
      return isAddress(fn, operand.operand, ofVoid);
    default:
      return false;
  }
}
