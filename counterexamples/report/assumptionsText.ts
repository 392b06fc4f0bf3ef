import { vacuousProperties } from '../../checker/check.js';
import type { CheckResult, FunctionSource } from '../../checker/finding/finding.js';
import { wrap } from './layout.js';
import { ranges } from './ranges.js';
import { changedLinesText, liftingSentences } from './sourceText.js';

/** What the verdict rests on: every report ends with it. */
export function assumptionsText(result: CheckResult, width: number, verbose = false): string[] {
  const { source } = result;
  const item = (text: string) => wrap(`  - ${text}`, width, '    ');
  return [
    ...assumptions(result).flatMap(item),
    ...functionsByOrigin(result.functions).flatMap(item),
    ...(source ? liftingSentences(source, verbose) : []).flatMap(item),
    ...changedLinesOf(result).flatMap(item),
    ...item(vacuous(result)),
  ];
}

/** What of the patch ran; nothing for a tree without one. */
function changedLinesOf(result: CheckResult): string[] {
  const { source } = result;
  if (!source) return [untouchedLines(result)];
  return source.changedLines === null ? [] : changedLinesText(source.changedLines);
}

/** Each assumption once; where only some scenarios make it, these are named. */
function assumptions(result: CheckResult): string[] {
  const makers = new Map<string, string[]>();
  for (const { id, assumptions: list } of result.scenarios) {
    for (const text of list) makers.set(text, [...(makers.get(text) ?? []), id]);
  }
  return [...makers].map(([text, ids]) =>
    ids.length === result.scenarios.length ? text : `${text} [${ids.join(', ')}]`,
  );
}

const sources: readonly FunctionSource['source'][] = [
  'lifted from the patch',
  'lifted from the tree',
  'model',
  'environment',
  'kernel model',
];

function functionsByOrigin(functions: readonly FunctionSource[]): string[] {
  return sources.flatMap((source) => {
    const names = functions.filter((fn) => fn.source === source).map(({ name }) => name);
    if (names.length === 0) return [];
    // The kernel models are the same for every revision: `interleaf list` names them.
    const told = source === 'kernel model' ? '' : `: ${names.join(', ')}`;
    return [`functions, ${source} (${names.length})${told}`];
  });
}

/** Lines of the patch that no scenario ran, by function. */
function untouchedLines(result: CheckResult): string {
  const searched = result.scenarios.filter(({ coverage }) => coverage.edges > 0);
  const [first, ...others] = searched.map(({ coverage }) => coverage);
  if (!first || searched.every(({ coverage }) => coverage.patchedEdges === 0)) return 'changed lines: none are known';
  const untouched = first.untouched.filter((line) => others.every((coverage) => coverage.untouched.includes(line)));
  if (untouched.length === 0) return 'changed lines: every one ran in some scenario';
  const byFunction = new Map<string, string[]>();
  for (const text of untouched) {
    const [, file = text, line = '', name = ''] = /^(\S+?)(?::(\d+))? (.*)$/.exec(text) ?? [];
    const key = `${name} ${file}`;
    byFunction.set(key, [...(byFunction.get(key) ?? []), line]);
  }
  const told = [...byFunction].map(([key, lines]) => `${key}:${ranges(lines.map(Number)).join(',')}`);
  return `changed lines that no scenario touched: ${told.join('; ')}`;
}

function vacuous(result: CheckResult): string {
  if (result.scenarios.length === 0) return 'vacuous properties: all, as nothing was searched';
  const ids = vacuousProperties(result);
  return ids.length === 0
    ? 'vacuous properties: none'
    : `vacuous properties, that nothing exercised: ${ids.join(', ')}`;
}
