import type { OpsTable } from '../../types/opsTable.js';
import type { Expression, Initialiser } from '../syntax/ast.js';
import type { Declarations, GlobalVariable } from '../declarations/declarations.js';
import type { CalleeLookup } from './callees.js';
import type { TypeCollector } from './typeMap.js';
import type { Vocabulary } from './vocabulary.js';

/** A table as lifted, with what it names. */
export interface LiftedTable {
  readonly table: OpsTable;
  /** Program names of functions with source in it. */
  readonly functions: readonly string[];
  /** C names of other file-scope variables whose addresses are in it. */
  readonly variables: readonly string[];
  /** Fields whose values have no form, with the reason. */
  readonly skipped: readonly string[];
}

export interface TableContext {
  readonly declarations: Declarations;
  readonly types: TypeCollector;
  readonly vocabulary: Vocabulary;
  readonly callee: CalleeLookup;
  /** Program name of a file-scope variable. */
  readonly nameOf: (variable: string) => string;
}

/** A constant struct with a designated initialiser: `static const struct dma_buf_ops x = { .release = … }`. */
export function liftTable(name: string, tag: string, variable: GlobalVariable, context: TableContext): LiftedTable {
  const fields: Record<string, string | number> = {};
  const functions: string[] = [];
  const variables: string[] = [];
  const skipped: string[] = [];
  const record = variable.type.kind === 'record' ? variable.type.tag : null;
  const elements = variable.initialiser?.kind === 'list' ? variable.initialiser.elements : [];
  const order = context.types.fieldNames(tag, record, context.declarations);
  let next = 0;
  for (const { designators, value } of elements) {
    const [first] = designators;
    const field = first?.kind === 'field' ? first.name : order[next];
    next = field === undefined ? next + 1 : order.indexOf(field) + 1;
    if (field === undefined || designators.length > 1) {
      skipped.push(`${field ?? 'a member'}: a nested initialiser`);
      continue;
    }
    if (!context.types.field(tag, record, field, context.declarations)) {
      skipped.push(`${field}: no such member is in sight`);
      continue;
    }
    const found = constantOf(value, context);
    if (found === null) {
      skipped.push(`${field}: not a function, an address or a number that is known`);
      continue;
    }
    fields[field] = found.value;
    if (found.function !== undefined) functions.push(found.function);
    if (found.variable !== undefined) variables.push(found.variable);
  }
  return { table: { name, type: tag, fields, file: variable.file }, functions, variables, skipped };
}

/** A function, an address or a number that an initialiser stands for; null for anything else. */
export function constantOf(
  initialiser: Initialiser,
  context: TableContext,
): { value: string | number; function?: string; variable?: string } | null {
  if (initialiser.kind === 'list') return null;
  let expression: Expression = initialiser.value;
  while (expression.kind === 'cast') expression = expression.operand;
  if (expression.kind === 'string') return { value: 1 };
  if (expression.kind === 'unary' && expression.operator === '&' && expression.operand.kind === 'name') {
    const { name } = expression.operand;
    if (name in context.vocabulary.globals) return { value: name };
    if (context.declarations.variable(name)) return { value: context.nameOf(name), variable: name };
    expression = expression.operand;
  }
  if (expression.kind === 'name') {
    const { name } = expression;
    if (name === 'THIS_MODULE') return { value: context.vocabulary.thisModule };
    if (name === 'NULL') return { value: 0 };
    const constant = context.vocabulary.constants[name];
    if (constant !== undefined) return { value: constant };
    const callee = context.callee(name);
    if (callee.kind === 'source') return { value: callee.name, function: callee.name };
    if (callee.kind === 'kernel' || callee.kind === 'environment') return { value: name };
    // An array is its address.
    if (context.declarations.variable(name)?.type.kind === 'array')
      return { value: context.nameOf(name), variable: name };
  }
  const evaluated = context.declarations.evaluate(expression);
  const small = evaluated !== null && evaluated.value >= -(2n ** 29n) && evaluated.value < 2n ** 29n;
  return small ? { value: Number(evaluated.value) } : null;
}
