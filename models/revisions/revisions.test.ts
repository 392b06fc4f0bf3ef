import { describe, expect, it } from 'vitest';
import { builtins, kernelCapacities, kernelConstants, kernelFunctionsFor, kernelGlobals } from '../kernel/index.js';
import { kernelTables } from '../kernel/index.js';
import type { CType } from '../program/cType.js';
import { operandsOf } from '../program/checkProgram.js';
import { checkProgram } from '../program/checkProgram.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import { lowerFunction } from '../program/lowerFunction.js';
import type { Operand } from '../program/program.js';
import { teeConstants, teeGlobals, teeTypes } from '../tee/index.js';
import { structTypes } from '../types/index.js';
import type { OpsTable } from '../types/opsTable.js';
import type { StructType } from '../types/structType.js';
import { revisionById, revisions } from './index.js';
import type { Revision } from './revision.js';

/** A revision over its bases. */
function resolve(revision: Revision) {
  const functions = new Map<string, FunctionDefinition>();
  const tables = new Map<string, OpsTable>();
  const types = new Map<string, StructType>();
  const constants: Record<string, number> = { ...kernelConstants, ...teeConstants };
  const chain: Revision[] = [];
  for (let at: Revision | undefined = revision; at; at = at.base === null ? undefined : revisionById(at.base)) {
    chain.unshift(at);
  }
  for (const definition of kernelFunctionsFor(revision.kernel)) functions.set(definition.name, definition);
  for (const table of kernelTables) tables.set(table.name, table);
  for (const type of [...structTypes, ...teeTypes]) types.set(type.tag, type);
  for (const layer of chain) {
    for (const name of layer.removes ?? []) {
      functions.delete(name);
      tables.delete(name);
    }
    for (const definition of layer.functions) functions.set(definition.name, definition);
    for (const table of layer.tables) tables.set(table.name, table);
    for (const type of layer.types) types.set(type.tag, type);
    Object.assign(constants, layer.constants);
  }
  return { functions, tables, types, constants };
}

function symbolsOf(operand: Operand): string[] {
  switch (operand.kind) {
    case 'symbol':
      return [operand.name];
    case 'member':
    case 'containerOf':
      return symbolsOf(operand.base);
    case 'element':
      return [...symbolsOf(operand.base), ...symbolsOf(operand.index)];
    case 'unary':
      return symbolsOf(operand.operand);
    case 'binary':
      return [...symbolsOf(operand.left), ...symbolsOf(operand.right)];
    default:
      return [];
  }
}

/** Struct tags that a type cannot do without; what a pointer points to matters only where it is followed. */
function embedded(type: CType): string[] {
  if (type.kind === 'struct') return [type.tag];
  return type.kind === 'array' ? embedded(type.of) : [];
}

describe('revisions', () => {
  it('have ids of their own', () => {
    expect(new Set(revisions.map(({ id }) => id)).size).toBe(revisions.length);
  });

  it('are found by id', () => {
    for (const revision of revisions) expect(revisionById(revision.id)).toBe(revision);
    expect(revisionById('v3')).toBeUndefined();
  });

  it('stand after their base', () => {
    revisions.forEach((revision: Revision, index) => {
      if (revision.base === null) return;
      expect(revisions.slice(0, index).map(({ id }) => id)).toContain(revision.base);
    });
  });
});

describe.each(revisions)('revision $id', (revision: Revision) => {
  const { functions, tables, types, constants } = resolve(revision);
  const programs = revision.functions.map((definition) => lowerFunction(definition));

  it('defines each function, table and type once', () => {
    for (const names of [
      revision.functions.map(({ name }) => name),
      revision.tables.map(({ name }) => name),
      revision.types.map(({ tag }) => tag),
    ]) {
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it('removes only what its base has', () => {
    if (!revision.removes) return;
    const base = resolve(revisionById(revision.base!)!);
    for (const name of revision.removes) expect(base.functions.has(name) || base.tables.has(name), name).toBe(true);
  });

  it('has well-formed programs', () => {
    for (const program of programs) expect(checkProgram(program), program.definition.name).toEqual([]);
  });

  it('calls only what exists, with as many arguments as it takes', () => {
    for (const program of programs) {
      for (const node of program.nodes) {
        if (node.kind !== 'call' || builtins.has(node.callee)) continue;
        const where = `${program.definition.name} calls ${node.callee}`;
        expect(functions.has(node.callee), where).toBe(true);
        expect(node.args.length, where).toBe(functions.get(node.callee)!.parameters.length);
      }
    }
  });

  it('calls through fields that some ops table fills', () => {
    const slots = new Set([...tables.values()].flatMap((table) => Object.keys(table.fields)));
    for (const program of programs) {
      for (const node of program.nodes) {
        if (node.kind !== 'callIndirect' || node.slot === null || !node.span.file.startsWith('drivers/')) continue;
        const isOptional = [...types.values()].some((type) =>
          type.fields.some((field) => field.name === node.slot && field.optional),
        );
        expect(
          isOptional || slots.has(node.slot) || node.slot === 'match',
          `${program.definition.name}: ${node.slot}`,
        ).toBe(true);
      }
    }
  });

  it('uses only names that exist', () => {
    const known = new Set([
      ...functions.keys(),
      ...tables.keys(),
      ...Object.keys({ ...constants, ...kernelCapacities, ...kernelGlobals, ...teeGlobals }),
      'current',
    ]);
    for (const program of programs) {
      for (const node of program.nodes) {
        for (const name of operandsOf(node).flatMap(symbolsOf)) {
          expect(known.has(name), `${program.definition.name} uses ${name}`).toBe(true);
        }
      }
    }
  });

  it('declares, embeds and allocates only types that exist', () => {
    const need = (tag: string, where: string) => expect(types.has(tag), `${where}: struct ${tag}`).toBe(true);
    for (const program of programs) {
      const { definition, nodes } = program;
      for (const { type } of definition.locals) for (const tag of embedded(type)) need(tag, definition.name);
      for (const node of nodes) if (node.kind === 'alloc' && !node.stack) need(node.tag, definition.name);
    }
    for (const type of revision.types) {
      for (const field of type.fields) for (const tag of embedded(field.type)) need(tag, type.tag);
    }
  });

  it('fills fields that exist with functions and tables that exist', () => {
    for (const table of revision.tables) {
      const fields = new Set(types.get(table.type)?.fields.map((field) => field.name));
      for (const [field, value] of Object.entries(table.fields)) {
        expect(fields.has(field), `${table.name}.${field}`).toBe(true);
        if (typeof value === 'number') continue;
        const exists = functions.has(value) || tables.has(value) || value in teeGlobals;
        expect(exists, `${table.name}.${field} = ${value}`).toBe(true);
      }
    }
  });
});
