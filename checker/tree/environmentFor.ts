import type { LiftResult, OperationSignature } from '../../models/c/lift/liftProgram.js';
import type { Expression } from '../../models/program/expression.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { Statement } from '../../models/program/statement.js';
import { restrictedFunctions, restrictedPoolFunctions, restrictedTables } from '../../models/tee/environment.js';
import { structType } from '../../models/types/index.js';
import type { OpsTable } from '../../models/types/opsTable.js';
import type { ResolvedRevision } from '../system/link.js';

/** Functions and tables of a driver that nobody supplied. */
export interface Environment {
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly OpsTable[];
}

/** The operations that a driver implements for the subsystem. */
const driverOps = 'tee_driver_ops';
/** The driver with only what the subsystem requires. */
const minimalDriver = 'env_tee_ops_minimal';

/**
 * What the environment offers to the operations that the source knows. Those that the models describe have their effects; others, which
 * only the source knows, succeed without effects or fail.
 */
export function environmentFor(lifted: LiftResult, handWritten: ResolvedRevision): Environment {
  const fields = lifted.types.find(({ tag }) => tag === driverOps)?.fields ?? [];
  const described = describedBy(lifted, new Set(fields.map(({ name }) => name)));
  const tables = [...described.tables, ...[...handWritten.tables.values()].filter(isNotIn(described.tables))];
  const drivers = tables.filter(({ type, name }) => type === driverOps && name !== minimalDriver);
  const known = new Set([
    ...(structType(driverOps)?.fields ?? []).map(({ name }) => name),
    ...drivers.flatMap((table) => Object.keys(table.fields)),
  ]);
  const unknown = fields.filter(({ name, type }) => type.kind === 'function' && !known.has(name));
  const operations = unknown.flatMap(({ name }) => {
    const signature = lifted.operation(driverOps, name);
    return signature ? [{ slot: name, definition: operation(name, signature) }] : [];
  });
  if (operations.length === 0) return described;
  const added = Object.fromEntries(operations.map(({ slot, definition }) => [slot, definition.name]));
  const extended = drivers.map((table) => ({ ...table, fields: { ...table.fields, ...added } }));
  return {
    functions: [...described.functions, ...operations.map(({ definition }) => definition)],
    tables: [...described.tables.filter(isNotIn(extended)), ...extended],
  };
}

function isNotIn(tables: readonly OpsTable[]): (table: OpsTable) => boolean {
  const names = new Set(tables.map(({ name }) => name));
  return ({ name }) => !names.has(name);
}

/** What the models say of operations that the base does not have. */
function describedBy(lifted: LiftResult, fields: ReadonlySet<string>): Environment {
  if (!fields.has('rstmem_alloc') || !fields.has('rstmem_free')) return { functions: [], tables: [] };
  const hasPool = lifted.functions.some(({ definition }) => definition.name === 'tee_rstmem_gen_pool_alloc');
  return {
    functions: [...restrictedFunctions, ...(hasPool ? restrictedPoolFunctions : [])],
    tables: hasPool ? restrictedTables : restrictedTables.filter(({ name }) => !name.includes('pool')),
  };
}

/** An operation of which only the signature is known. */
function operation(slot: string, { returns, parameters }: OperationSignature): FunctionDefinition {
  const result = (value: number, text: string): readonly Statement[] => {
    const expression: Expression = { kind: 'int', value, text };
    return [{ kind: 'return', value: returns.kind === 'void' ? null : expression }];
  };
  const fails = returns.kind === 'int' || returns.kind === 'pointer';
  const body: readonly Statement[] = fails
    ? [
        {
          kind: 'choose',
          name: slot,
          alternatives: [
            { name: 'success', fault: false, body: result(0, '0') },
            { name: '-ENOMEM', fault: true, body: result(-12, '-ENOMEM') },
          ],
        },
      ]
    : result(0, '0');
  return {
    name: `env_${slot}`,
    file: '<driver>',
    origin: 'environment',
    returns,
    parameters,
    locals: [],
    body,
    approximations: [
      { direction: 'under', what: `nobody supplied the operation '${slot}': it succeeds without effects, or fails` },
    ],
  };
}
