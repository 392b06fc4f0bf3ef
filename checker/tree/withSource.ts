import type { CheckResult } from '../finding/finding.js';
import { changedLines } from './changedLines.js';
import type { OpenedRevision } from './openTreeRevision.js';

/**
 * A result with what it was read from. Where parts of the input are missing or nothing of the patch ran, it is at best
 * inconclusive, whatever the searches say.
 */
export function withSource(result: CheckResult, { source, codeLines }: OpenedRevision): CheckResult {
  const { patch } = source;
  const lines = patch === null ? null : changedLines(codeLines, patch.added, result);
  const incomplete = [...source.incomplete];
  if (lines !== null && lines.code > 0 && lines.touched === 0 && result.scenarios.length > 0)
    incomplete.push('no explored transition touched a line of the patch');
  // A patch that only takes lines away has none that could be touched.
  const changed = (patch?.changedFunctions ?? []).filter(({ lifted }) => lifted);
  const isReached = changed.some(({ name }) => result.functions.some((fn) => fn.name === name));
  if (lines?.code === 0 && changed.length > 0 && !isReached && result.scenarios.length > 0)
    incomplete.push('no scenario reaches a function that the patch changes');
  const told = { ...result, source: { ...source, changedLines: lines, incomplete } };
  if (incomplete.length === 0 || result.verdict !== 'holds') return told;
  return { ...told, verdict: 'inconclusive', exitCode: 3 };
}
