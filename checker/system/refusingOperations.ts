import type { Operand, Program } from '../../models/program/program.js';
import type { OpsTable } from '../../models/types/opsTable.js';
import type { StructType } from '../../models/types/structType.js';
import { printErrno } from '../../models/program/errno.js';
import type { StaticFinding } from './linkedSystem.js';

/**
 * Optional operations whose every path returns the same error: the subsystem answers for an absent operation, so one that
 * only refuses is better left out. A note, read from the programs without a search.
 *
 * An operation counts if its struct type marks the field optional and its function does nothing but return one negative
 * constant.
 */
export function refusingOperations(
  tables: readonly OpsTable[],
  programs: ReadonlyMap<string, Program>,
  struct: (tag: string) => StructType | null,
): StaticFinding[] {
  const findings: StaticFinding[] = [];
  for (const table of tables) {
    const type = struct(table.type);
    for (const [field, value] of Object.entries(table.fields)) {
      if (typeof value !== 'string' || type?.fields.find((candidate) => candidate.name === field)?.optional !== true)
        continue;
      const program = programs.get(value);
      const error = program ? onlyError(program) : null;
      if (error === null) continue;
      findings.push({
        property: 'refusing-operation',
        tag: table.type,
        cell: field,
        operation: value,
        title: `${table.type}.${field} only ever returns ${printErrno(error)}: leave the optional operation out`,
        function: value,
      });
    }
  }
  return findings;
}

function onlyError(program: Program): number | null {
  let error: number | null = null;
  for (const node of program.nodes) {
    if (node.kind !== 'return') return null;
    const value: Operand | null = node.value;
    if (value?.kind !== 'int' || value.value >= 0 || (error !== null && error !== value.value)) return null;
    error = value.value;
  }
  return error;
}
