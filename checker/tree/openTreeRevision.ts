import { basename } from 'node:path';
import type { LiftedFunction, LiftResult } from '../../models/c/lift/liftProgram.js';
import type { Remark } from '../../models/c/lift/remark.js';
import { revisionById } from '../../models/revisions/index.js';
import type { OpaqueCall, RemarkCount, SourceIdentity, SourceReport } from '../finding/sourceReport.js';
import type { ResolvedRevision } from '../system/link.js';
import { changedFunctions, isSource, type FunctionChange } from './changedFunctions.js';
import { codeLines, type CodeLines } from './changedLines.js';
import { openSource, type OpenedSource } from './openSource.js';
import { sameProgram } from './sameProgram.js';
import type { SourceInputs } from './sourceInputs.js';
import { summarizePatch } from './summarizePatch.js';
import type { Subsystem } from './subsystem.js';
import { subsystems } from './subsystem.js';
import { treeRevision, type TreeRevision } from './treeRevision.js';
import { vocabularyFor } from './vocabularyFor.js';

/** A revision that was read from a tree, ready to be checked. */
export interface OpenedRevision {
  readonly revision: ResolvedRevision;
  /** The tree without the patch; null for a tree alone. */
  readonly base: ResolvedRevision | null;
  /** What was read, as far as it is known before the search. */
  readonly source: SourceReport;
  /** Lines of the patch with code, to be compared with what the search ran. */
  readonly codeLines: readonly CodeLines[];
  /** False where the patch changes no program, or the tree has none: no search can say anything about it. */
  readonly exercised: boolean;
}

/**
 * Reads a tree and what is laid over it, and lifts the subsystem's C into a revision. Nothing is written, and what is wrong with parts of
 * the input is in `source`. Throws `SourceError` where nothing can be read.
 */
export async function openTreeRevision(inputs: SourceInputs): Promise<OpenedRevision> {
  const opened = await openSource(inputs);
  const subsystem = subsystemOf(opened);
  const { id, baseId, tree, patched, configuration } = opened;
  const common = { subsystem, configuration, lookup: revisionById };
  const origin = `${tree.name}${tree.version === null ? '' : ` (${tree.version})`}`;
  const made = treeRevision({
    ...common,
    id,
    title: patched === null ? `the tree ${origin}` : `${id} on ${origin}`,
    source: patched === null ? origin : `${id} on ${origin}`,
    base: baseId,
    tree: patched ?? tree,
  });
  const base =
    baseId === null
      ? null
      : treeRevision({ ...common, id: baseId, title: `the tree ${origin}`, source: origin, base: null, tree });
  const changes = patched === null ? [] : changedFunctions(tree, patched, configuration);
  const models = vocabularyFor(subsystem, tree.version ?? '').kernel;
  const changedModels = new Set([
    ...made.changedModels,
    ...changes.map(({ name }) => name).filter((name) => models.has(name)),
  ]);
  const hasFiles = [...made.lifted.units.keys()].length > 0;
  const isSame = base !== null && sameProgram(made.resolved, base.resolved);
  const source: SourceReport = {
    tree: { name: tree.name, version: tree.version },
    configuration: inputs.configuration?.name ?? 'policy',
    subsystem: subsystem.id,
    patch: patched === null ? null : summarizePatch(inputs, opened, changes, made.lifted),
    functions: made.lifted.functions.map(summaryOf),
    kept: made.kept,
    changedModels: [...changedModels].sort(),
    remarks: countRemarks(made.lifted),
    approximations: made.lifted.functions.flatMap(({ definition }) =>
      (definition.approximations ?? []).map((approximation) => ({
        function: definition.name,
        file: definition.file,
        ...approximation,
      })),
    ),
    opaqueCalls: opaqueCalls(made.lifted),
    conditionals: [...made.lifted.units].flatMap(([file, unit]) =>
      unit.conditionals.map((decision) => ({ file, ...decision })),
    ),
    problems: distinct(
      made.lifted.problems.map(({ file, line, severity, message }) => ({ file, line, severity, message })),
    ),
    changedLines: null,
    incomplete: incompleteness({ opened, made, subsystem, changes, changedModels: [...changedModels], isSame }),
    identity: identityOf(inputs, opened, made, subsystem),
  };
  return {
    revision: made.resolved,
    base: base?.resolved ?? null,
    source,
    codeLines: patched === null ? [] : codeLines(patched, made.lifted.functions, changes),
    exercised: hasFiles && !isSame,
  };
}

/** The first one whose files the patch touches; the first of all if there is none. */
function subsystemOf({ patched }: OpenedSource): Subsystem {
  const touched = [...(patched?.patched.keys() ?? [])];
  return subsystems.find(({ directory }) => touched.some((path) => path.startsWith(directory))) ?? subsystems[0]!;
}

function summaryOf({ definition, line, endLine, patchedLines, remarks }: LiftedFunction) {
  const { name, file } = definition;
  return { name, file, line, endLine, fromPatch: patchedLines.length > 0, level: levelOf(remarks) };
}

/** How well a function could be represented: the worst of its remarks. */
export function levelOf(remarks: readonly Remark[]): 'exact' | 'abstracted' | 'blocked' {
  if (remarks.some(({ level }) => level === 'blocked')) return 'blocked';
  return remarks.some(({ level }) => level === 'abstracted') ? 'abstracted' : 'exact';
}

function countRemarks(lifted: LiftResult): RemarkCount[] {
  const counts = new Map<string, RemarkCount>();
  for (const remark of [...lifted.functions.flatMap(({ remarks }) => remarks), ...lifted.remarks]) {
    const { kind, level, file, line, what } = remark;
    const key = `${level} ${kind}`;
    const example = `${file}:${line}${remark.function === '' ? '' : ` ${remark.function}`}: ${what}`;
    const known = counts.get(key) ?? { kind, level, count: 0, example };
    counts.set(key, { ...known, count: known.count + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** The callees that nobody describes, by name; the remark about one begins with it. */
function opaqueCalls({ functions }: LiftResult): OpaqueCall[] {
  const places = new Map<string, string[]>();
  for (const { remarks } of functions) {
    for (const { kind, what, file, line, function: name } of remarks) {
      if (kind !== 'opaque call') continue;
      const callee = what.split('()')[0]!;
      places.set(callee, [...(places.get(callee) ?? []), `${file}:${line} ${name}`]);
    }
  }
  return [...places].map(([name, at]) => ({ name, places: at })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What stands between the searches and a verdict about all of the patch. */
function incompleteness(parts: {
  readonly opened: OpenedSource;
  readonly made: TreeRevision;
  readonly subsystem: Subsystem;
  readonly changes: readonly FunctionChange[];
  readonly changedModels: readonly string[];
  readonly isSame: boolean;
}): string[] {
  const { opened, made, subsystem, changes, changedModels, isSame } = parts;
  const { patched, series } = opened;
  const reasons: string[] = [];
  for (const problem of series?.problems ?? []) {
    if (problem.severity !== 'error') continue;
    reasons.push(`${problem.input}${problem.line === null ? '' : `:${problem.line}`}: ${problem.message}`);
  }
  // A series may be checked up to any of its parts; what is missing before it was meant to be there.
  const last = Math.max(0, ...(series?.patches ?? []).map((patch) => patch.number ?? 0));
  const missing = (series?.missing ?? []).filter((number) => number < last);
  if (missing.length > 0) {
    const total = series?.patches.find((patch) => patch.total !== null)?.total;
    const many = missing.length > 1;
    const of = total === undefined ? '' : ` of ${total}`;
    reasons.push(`part${many ? 's' : ''} ${missing.join(', ')}${of} ${many ? 'are' : 'is'} missing from the series`);
  }
  for (const path of patched?.failed ?? []) {
    if (!isSource(path)) continue;
    const hunk = patched!.hunks.find((one) => one.path === path && !one.applied);
    const why = hunk === undefined ? '' : `: hunk ${hunk.hunk} does not apply`;
    reasons.push(`${path} is not patched${why}, and was checked as the tree has it`);
  }
  for (const { file, line, message, severity, function: inside } of made.lifted.problems) {
    // Inside a function control that gets there ends in a limit, which the searches tell.
    if (severity === 'error' && inside === null && file.endsWith('.c'))
      reasons.push(`${file}${line === 0 ? '' : `:${line}`}: ${message}`);
  }
  if (changedModels.length > 0) {
    const names = changedModels.join(', ');
    reasons.push(
      `the patch changes what kernel API models stand for (${names}), and the models say what was there before`,
    );
  }
  if (made.lifted.units.size === 0) {
    reasons.push(
      `the tree has none of the files that the ${subsystem.id} scenarios are about: ${subsystem.files.join(', ')}`,
    );
  } else if (isSame) {
    const what =
      changes.length === 0 ? 'no function' : [...new Set(changes.map(({ name }) => name))].slice(0, 8).join(', ');
    const more = changes.length > 8 ? ` and ${changes.length - 8} more` : '';
    reasons.push(
      `no scenario exercises the patch: what it changes (${what}${more}) is no part of the programs of ${subsystem.directory}`,
    );
  }
  return reasons;
}

function identityOf(
  { patches = [], range, configuration }: SourceInputs,
  { tree, patched }: OpenedSource,
  made: TreeRevision,
  subsystem: Subsystem,
): SourceIdentity {
  const state = patched ?? tree;
  const paths = new Set([...made.lifted.units.keys(), ...(patched?.patched.keys() ?? [])]);
  return {
    subsystem: subsystem.id,
    treeVersion: tree.version,
    patches: patches.map(({ name }) => basename(name)),
    range: range ?? null,
    configuration: configuration?.name ?? null,
    files: [...paths].sort().map((path) => ({ path, blob: state.blobId(path) })),
  };
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
