import type { LiftedFunction } from '../../models/c/lift/liftProgram.js';
import type { PatchedTree } from '../../models/c/intake/tree.js';
import { lowerFunction } from '../../models/program/lowerFunction.js';
import type { CheckResult } from '../finding/finding.js';
import type { ChangedLines, UntouchedLines } from '../finding/sourceReport.js';
import type { FunctionChange } from './changedFunctions.js';

/** Lines with code that a patch adds to one function. */
export interface CodeLines {
  readonly file: string;
  readonly function: string;
  readonly lines: readonly number[];
  /** The function is a program; otherwise its lines are those that do not look like comments or brackets alone. */
  readonly lifted: boolean;
}

/** Where a patch adds code: by the steps of programs where there are some, else by the look of the lines. */
export function codeLines(
  patched: PatchedTree,
  lifted: readonly LiftedFunction[],
  changes: readonly FunctionChange[],
): readonly CodeLines[] {
  const programs = lifted.flatMap(({ definition, patchedLines }): CodeLines[] => {
    if (patchedLines.length === 0) return [];
    const steps = new Set(lowerFunction(definition).nodes.map(({ span }) => span.line));
    const lines = patchedLines.filter((line) => steps.has(line));
    return [{ file: definition.file, function: definition.name, lines, lifted: true }];
  });
  const isProgram = (change: FunctionChange) =>
    lifted.some(({ definition, line }) => definition.file === change.file && line === change.line);
  const others = changes.flatMap((change): CodeLines[] => {
    const file = patched.patched.get(change.file);
    if (!file || change.change === 'removed' || isProgram(change)) return [];
    const text = file.text.split('\n');
    const lines = file.addedLines.filter(
      (line) => line > change.line && line <= change.endLine && looksLikeCode(text[line - 1] ?? ''),
    );
    return [{ file: change.file, function: change.name, lines, lifted: false }];
  });
  return [...programs, ...others].filter(({ lines }) => lines.length > 0);
}

/** Which of these lines the scenarios of a result ran. `added` is the number of all lines that the patch adds. */
export function changedLines(code: readonly CodeLines[], added: number, result: CheckResult): ChangedLines {
  const searched = result.scenarios.filter(({ coverage }) => coverage.edges > 0);
  const [first, ...others] = searched.map(({ coverage }) => new Set(coverage.untouched));
  const ran = (place: string) =>
    first !== undefined && !(first.has(place) && others.every((untouched) => untouched.has(place)));
  const reached = new Set(result.functions.map(({ name }) => name));
  const untouched = code.flatMap((entry): UntouchedLines[] => {
    const { file, function: name } = entry;
    const lines = entry.lines.filter((line) => !entry.lifted || !ran(`${file}:${line} ${name}`));
    const why = !entry.lifted ? 'not lifted' : reached.has(name) ? 'not run' : 'not reached';
    return lines.length === 0 ? [] : [{ file, function: name, lines, why }];
  });
  const count = (entries: readonly { readonly lines: readonly number[] }[]) =>
    entries.reduce((sum, { lines }) => sum + lines.length, 0);
  return { added, code: count(code), touched: count(code) - count(untouched), untouched };
}

function looksLikeCode(line: string): boolean {
  return !/^\s*(?:$|[{}]+;?\s*$|\/\*|\*|\/\/|#)/.test(line);
}
