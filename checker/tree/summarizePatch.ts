import type { LiftResult } from '../../models/c/lift/liftProgram.js';
import type { PatchedFileSummary, PatchPart, PatchSummary } from '../finding/sourceReport.js';
import type { FunctionChange } from './changedFunctions.js';
import type { OpenedSource } from './openSource.js';
import type { SourceInputs } from './sourceInputs.js';

/** What was read of a patch and how it fits the tree, as plain data. */
export function summarizePatch(
  inputs: SourceInputs,
  { patched, series, subjects }: OpenedSource,
  changes: readonly FunctionChange[],
  lifted: LiftResult,
): PatchSummary {
  const { hunks, problems, bases, added, removed } = patched!;
  const baseOf = (path: string) => bases.find((base) => base.path === path)?.base ?? 'unknown';
  const isLifted = ({ name, file }: FunctionChange) =>
    lifted.functions.some(({ definition }) => definition.name === name && definition.file === file);
  const files: PatchedFileSummary[] = [
    ...[...patched!.patched].map(([path, file]): PatchedFileSummary => {
      const change = file === null ? 'deleted' : file.created ? 'created' : 'changed';
      return { path, change, base: baseOf(path) };
    }),
    ...[...patched!.failed].map((path): PatchedFileSummary => ({ path, change: 'failed', base: baseOf(path) })),
  ];
  return {
    kind: series === null ? 'range' : 'patches',
    inputs: inputs.range !== undefined ? [inputs.range] : (inputs.patches ?? []).map(({ name }) => name),
    version: series?.version ?? null,
    patches: series === null ? subjects.map((subject) => commitOf(subject, inputs.range!)) : partsOf(series.patches),
    missing: series?.missing ?? [],
    baseCommit: series?.baseCommit ?? null,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    added,
    removed,
    hunks,
    problems: [...(series?.problems ?? []), ...problems],
    changedFunctions: changes.map((change) => ({
      name: change.name,
      file: change.file,
      change: change.change,
      lifted: change.change !== 'removed' && isLifted(change),
    })),
  };
}

function partsOf(patches: NonNullable<OpenedSource['series']>['patches']): PatchPart[] {
  return patches.map(({ input, subject, author, number, total, droppedLines }) => ({
    input,
    subject,
    author,
    number,
    total,
    droppedLines: droppedLines.map(({ inputLine, text }) => ({ line: inputLine, text })),
  }));
}

function commitOf(subject: string, range: string): PatchPart {
  return { input: range, subject, author: null, number: null, total: null, droppedLines: [] };
}
