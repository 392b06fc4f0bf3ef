import { teeConstants, teeTypes } from '../models/tee/index.js';
import type { FunctionDefinition } from '../models/program/functionDefinition.js';
import type { Revision } from '../models/revisions/revision.js';
import type { OpsTable } from '../models/types/opsTable.js';
import type { StructType } from '../models/types/structType.js';
import type { Scenario } from '../models/scenarios/scenario.js';
import type { ResolvedRevision } from './system/link.js';

/**
 * Lays a revision over its bases: functions, tables, types and constants by name, the revision's own last. `lookup` finds the
 * base by id. Throws if a base is missing or bases form a cycle: registries are tested for that.
 */
export function resolveRevision(revision: Revision, lookup: (id: string) => Revision | undefined): ResolvedRevision {
  const chain: Revision[] = [];
  for (let at: Revision | undefined = revision; at;) {
    if (chain.includes(at)) throw new Error(`revision ${revision.id} is its own base`);
    chain.unshift(at);
    if (at.base === null) break;
    const base = lookup(at.base);
    if (!base) throw new Error(`revision ${at.id} has the unknown base '${at.base}'`);
    at = base;
  }
  const functions = new Map<string, FunctionDefinition>();
  const tables = new Map<string, OpsTable>();
  const types = new Map<string, StructType>(teeTypes.map((type) => [type.tag, type]));
  const constants: Record<string, number> = { ...teeConstants };
  const globals: Record<string, string> = {};
  const initialValues: Record<string, Readonly<Record<string, string | number>>> = {};
  for (const layer of chain) {
    for (const name of layer.removes ?? []) {
      functions.delete(name);
      tables.delete(name);
    }
    for (const definition of layer.functions) functions.set(definition.name, definition);
    for (const table of layer.tables) tables.set(table.name, table);
    for (const type of layer.types) types.set(type.tag, type);
    Object.assign(constants, layer.constants);
    Object.assign(globals, layer.globals);
    Object.assign(initialValues, layer.initialValues);
  }
  return { revision, functions, tables, types, constants, globals, initialValues };
}

/** Whether a scenario applies to a revision: same subsystem, and every function it requires is defined. */
export function scenarioApplies(scenario: Scenario, revision: ResolvedRevision): boolean {
  if (scenario.subsystem !== revision.revision.subsystem) return false;
  return (scenario.requires ?? []).every((name) => revision.functions.has(name));
}
