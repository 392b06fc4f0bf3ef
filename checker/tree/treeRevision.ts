import type { LiftedFunction, LiftResult } from '../../models/c/lift/liftProgram.js';
import { liftProgram } from '../../models/c/lift/liftProgram.js';
import type { Remark } from '../../models/c/lift/remark.js';
import type { KernelTree, PatchedTree } from '../../models/c/intake/tree.js';
import type { Configuration } from '../../models/c/syntax/parse.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { Revision } from '../../models/revisions/revision.js';
import { resolveRevision } from '../resolveRevision.js';
import type { ResolvedRevision } from '../system/link.js';
import { environmentFor } from './environmentFor.js';
import type { Subsystem } from './subsystem.js';
import { vocabularyFor } from './vocabularyFor.js';

/** A revision whose functions come from the C of a kernel tree. */
export interface TreeRevision {
  readonly resolved: ResolvedRevision;
  readonly lifted: LiftResult;
  /** C functions for which a hand-written model runs instead, with the reason. */
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
  /** Functions of the kernel API models that the patch changes: what the models say of them is not what the patch makes of them. */
  readonly changedModels: readonly string[];
}

export interface TreeRevisionRequest {
  /** What users see: `linux-6.12.117`, `v4.mbox on linux-6.12.117`. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Id of the base that findings are attributed against; null for a tree alone. */
  readonly base: string | null;
  readonly tree: KernelTree | PatchedTree;
  readonly subsystem: Subsystem;
  readonly configuration: Configuration;
  /** Revisions by id, for the models that stand in for what is not lifted. */
  readonly lookup: (id: string) => Revision | undefined;
}

/** Kernel version that models are taken for where the tree does not say one. */
const unknownVersion = '6.12';

/**
 * Lifts a subsystem out of a tree and lays it over the hand-written models: a function of the source replaces the model of its name,
 * unless it could not be lifted, and functions of the subsystem's files that the tree does not have are removed.
 */
export function treeRevision(request: TreeRevisionRequest): TreeRevision {
  const { tree, subsystem, configuration } = request;
  const version = tree.version ?? unknownVersion;
  const patched = 'patched' in tree ? tree.patched : undefined;
  const vocabulary = vocabularyFor(subsystem, version);
  const files = filesOf(subsystem, tree, patched);
  const handWritten = resolveRevision(request.lookup(subsystem.base)!, request.lookup);
  // The environment calls them, the files may not.
  const wanted = [...handWritten.functions.values()]
    .filter(({ origin, file }) => origin === 'model' && file.startsWith('include/'))
    .map(({ name }) => name);
  const lifted = liftProgram({ tree, files, vocabulary, configuration, wanted, ...(patched ? { patched } : {}) });
  const kept: { name: string; reason: string }[] = [];
  const functions: FunctionDefinition[] = [];
  for (const fn of lifted.functions) {
    const { name } = fn.definition;
    const model = handWritten.functions.get(name);
    const blocked = fn.remarks.find((remark) => remark.level === 'blocked');
    if (blocked && model && fn.patchedLines.length === 0) kept.push({ name, reason: reasonOf(blocked) });
    else functions.push(fn.definition);
  }
  const environment = environmentFor(lifted, handWritten);
  const names = new Set(lifted.functions.map((fn) => fn.definition.name));
  const removes = [...handWritten.functions.values()]
    .filter(({ name, origin, file }) => origin === 'model' && files.includes(file) && !names.has(name))
    .map(({ name }) => name);
  // What is a constant in the models may be a variable here, as `tee_class` was before 6.4.
  const variables = Object.keys(lifted.globals).filter((name) => handWritten.tables.has(name));
  const revision: Revision = {
    id: request.id,
    title: request.title,
    base: request.base,
    kernel: version,
    source: request.source,
    omits: [],
    functions: [...functions, ...environment.functions],
    tables: [...lifted.tables, ...environment.tables],
    types: lifted.types,
    globals: lifted.globals,
    initialValues: lifted.initialValues,
    removes: [...removes, ...variables],
    subsystem: subsystem.id,
  };
  const layers = resolveRevision({ ...revision, base: subsystem.base }, request.lookup);
  return {
    resolved: { ...layers, revision },
    lifted,
    kept,
    changedModels: changedModels(lifted, vocabulary.kernel),
  };
}

function filesOf(subsystem: Subsystem, tree: KernelTree, patched: PatchedTree['patched'] | undefined): string[] {
  const added = [...(patched ?? [])]
    .filter(([path, file]) => file !== null && path.endsWith('.c') && isDirectlyIn(path, subsystem.directory))
    .map(([path]) => path);
  const present = subsystem.files.filter((file) => !(patched?.has(file) && patched.get(file) === null));
  return [...new Set([...present, ...added])];
}

function isDirectlyIn(path: string, directory: string): boolean {
  return path.startsWith(directory) && !path.slice(directory.length).includes('/');
}

function changedModels(lifted: LiftResult, kernel: ReadonlyMap<string, FunctionDefinition>): string[] {
  return lifted.functions
    .filter(({ definition, patchedLines }: LiftedFunction) => patchedLines.length > 0 && kernel.has(definition.name))
    .map(({ definition }) => definition.name);
}

function reasonOf({ line, what }: Remark): string {
  return `line ${line}: ${what}`;
}
