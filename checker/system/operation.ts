import { unreachable } from '../../models/base/unreachable.js';
import { builtins } from '../../models/kernel/builtins.js';
import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import { destinationOf } from '../../models/program/checkProgram.js';
import type { CType } from '../../models/program/cType.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedFunction, LinkedNode, LinkedSystem, ObjectSlot, StructLayout } from './linkedSystem.js';
import { ModelError } from './modelError.js';

export type Evaluate = (fp: number) => number;

/** A node with everything the run loop needs, resolved once. */
export interface Operation {
  readonly linked: LinkedNode;
  readonly kind: number;
  readonly dst: number;
  readonly next: number;
  readonly otherwise: number;
  readonly a: Evaluate;
  readonly b: Evaluate;
  readonly args: readonly Evaluate[];
  readonly plain: boolean;
  readonly atomicAccess: boolean;
  readonly callee: LinkedFunction | null;
  readonly builtin: string | null;
  readonly forced: number | null;
  readonly table: LifecycleTable | null;
  readonly column: number;
  /** Event parameter: 0 none, 1 thread, 2 first argument. */
  readonly parameter: number;
  readonly pool: readonly (readonly ObjectSlot[])[] | null;
}

export const opAssign = 0;
export const opLoad = 1;
export const opStore = 2;
export const opEvent = 3;
export const opCall = 4;
export const opCallIndirect = 5;
export const opBranch = 6;
export const opChoose = 7;
export const opAwait = 8;
export const opAlloc = 9;
export const opFree = 10;
export const opReport = 11;
export const opReturn = 12;
export const opLimit = 13;

const noOperand: Evaluate = () => 0;

/** Resolves everything about a node that does not change during a run; `compile` makes closures of operands. */
export function compileOperation(
  system: LinkedSystem,
  linked: LinkedNode,
  compile: (fn: LinkedFunction, operand: Operand) => Evaluate,
): Operation {
  const { node, function: fn } = linked;
  const operand = (value: Operand | null): Evaluate => (value === null ? noOperand : compile(fn, value));
  const written = destinationOf(node);
  const base = {
    linked,
    dst: written === null ? -1 : fn.slots.get(written)!,
    next: 'next' in node ? node.next : -1,
    otherwise: -1,
    a: noOperand,
    b: noOperand,
    args: [] as Evaluate[],
    plain: true,
    atomicAccess: false,
    callee: null,
    builtin: null,
    forced: null,
    table: null,
    column: 0,
    parameter: 0,
    pool: null,
  };
  switch (node.kind) {
    case 'assign':
      return { ...base, kind: opAssign, a: operand(node.value) };
    case 'load':
      return {
        ...base,
        kind: opLoad,
        a: operand(node.address),
        plain: node.access === 'plain',
        atomicAccess: node.access === 'atomic',
      };
    case 'store':
      return {
        ...base,
        kind: opStore,
        a: operand(node.address),
        b: operand(node.value),
        plain: node.access === 'plain',
        atomicAccess: node.access === 'atomic',
      };
    case 'await':
      return { ...base, kind: opAwait, a: operand(node.address), atomicAccess: true };
    case 'event': {
      const type = system.placeTypes.get(linked.id)!;
      const table = tableOfPointer(system, type, linked);
      const column = table.column.get(node.event);
      const spec = table.lifecycle.events.find((event) => event.type === node.event);
      if (column === undefined || !spec)
        throw new ModelError(
          `${fn.definition.name}: the lifecycle '${table.lifecycle.id}' has no event '${node.event}'`,
        );
      let parameter = 0;
      if (spec.parameter) parameter = spec.parameter.limit === 'thread' ? 1 : 2;
      return {
        ...base,
        kind: opEvent,
        a: operand(node.cell),
        args: node.args.map(operand),
        table,
        column,
        parameter,
      };
    }
    case 'call': {
      const builtin = builtins.has(node.callee) ? node.callee : null;
      const callee = builtin === null ? system.functions[system.functionIndex.get(node.callee)!]! : null;
      return {
        ...base,
        kind: opCall,
        args: node.args.map(operand),
        callee,
        builtin,
        forced: forcedOutcomeOf(system, fn, node.callee),
      };
    }
    case 'callIndirect':
      return { ...base, kind: opCallIndirect, a: operand(node.target), args: node.args.map(operand) };
    case 'branch':
      return { ...base, kind: opBranch, a: operand(node.condition), next: node.then, otherwise: node.otherwise };
    case 'choose':
      return { ...base, kind: opChoose };
    case 'alloc':
      return { ...base, kind: opAlloc, pool: system.pools.get(node.tag)! };
    case 'free':
      return { ...base, kind: opFree, a: operand(node.pointer) };
    case 'report':
      return { ...base, kind: opReport };
    case 'limit':
      return { ...base, kind: opLimit };
    case 'opaque':
      throw new ModelError(`${fn.definition.name}: the linker left the unknown number '${node.what}'`);
    case 'return':
      return { ...base, kind: opReturn, a: operand(node.value) };
    default:
      return unreachable(node);
  }
}

/** The result forced on the calls of `callee` from a function, or null. */
export function forcedOutcomeOf(system: LinkedSystem, caller: LinkedFunction, callee: string): number | null {
  const forced = system.options.forcedOutcomes.find(
    (outcome) => outcome.callee === callee && (outcome.caller === null || outcome.caller === caller.definition.name),
  );
  return forced ? forced.value : null;
}

function tableOfPointer(system: LinkedSystem, type: CType, linked: LinkedNode): LifecycleTable {
  const tag = type.kind === 'pointer' && type.to.kind === 'struct' ? type.to.tag : '';
  const layout: StructLayout | undefined = system.layouts.get(tag);
  const cell = layout?.cells[0];
  if (!cell) throw new ModelError(`${linked.function.definition.name}: '${tag}' is no lifecycle cell`);
  return cell.table;
}
