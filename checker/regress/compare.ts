import type { CheckResult, Finding } from '../finding/finding.js';

/**
 * What became of a finding between two revisions:
 *
 * - `introduced`: only the later one has it.
 * - `new way`: both have it, and the later one has a way in that the earlier one lacks.
 * - `newly reachable`: only the later one shows it, but the earlier one would if the findings that end its paths were fixed.
 * - `still`: both have it, and the later one's own base does not.
 * - `inherited`: both have it, and so has the base of the later one.
 * - `fixed`: only the earlier one has it.
 */
export type Category = 'introduced' | 'new way' | 'newly reachable' | 'still' | 'inherited' | 'fixed';

/** In the order in which they matter to a reader. */
export const categories: readonly Category[] = [
  'introduced',
  'new way',
  'newly reachable',
  'still',
  'inherited',
  'fixed',
];

/** One finding of either revision. */
export interface RegressEntry {
  readonly category: Category;
  /** As the later revision shows it; for `fixed` as the earlier one does. */
  readonly finding: Finding;
  /** The ways in that put it into its category: for `new way` and `newly reachable` the new ones, otherwise all. */
  readonly ways: readonly string[];
  /** What the category rests on beyond the two searches, or what makes it uncertain; empty if there is nothing to say. */
  readonly remark: string;
  /** False where a search that was not complete could have shown otherwise. */
  readonly certain: boolean;
}

/** A way in, as `behindCuts` names it. */
export const wayKey = (id: string, via: string): string => `${id} ${via}`;

/** What searches found that went on past findings which end paths; see `regress`. */
export interface BehindCuts {
  /** Ways (`wayKey`) of the earlier revision, past findings that the later one has not; with the ids that were passed. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** Ways of the later revision, past findings that the earlier one has not. */
  readonly after: ReadonlyMap<string, readonly string[]>;
}

/** Puts every finding of two results into its category. Pure; the results must come from the same scenarios and options. */
export function compareResults(before: CheckResult, after: CheckResult, behindCuts: BehindCuts): RegressEntry[] {
  const entries = [
    ...after.findings.map((finding) => entryOfLater(finding, before, after, behindCuts)),
    ...before.findings
      .filter(({ id }) => !after.findings.some((finding) => finding.id === id))
      .map((finding) => entryOfLost(finding, after, behindCuts)),
  ];
  return entries.sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category));
}

function entryOfLater(finding: Finding, before: CheckResult, after: CheckResult, behindCuts: BehindCuts): RegressEntry {
  const earlier = before.findings.find(({ id }) => id === finding.id);
  const ways = waysOf(finding);
  const known = new Set(earlier ? waysOf(earlier) : []);
  const fresh = ways.filter((via) => !known.has(via));
  const reachable = fresh.filter((via) => behindCuts.before.has(wayKey(finding.id, via)));
  const truly = fresh.filter((via) => !reachable.includes(via));
  const passed = [...new Set(reachable.flatMap((via) => behindCuts.before.get(wayKey(finding.id, via)) ?? []))];
  const newlyReachable = `${before.revision} has it too, behind ${passed.join(', ')}`;
  if (truly.length > 0) {
    const gap = incomplete(before, finding, truly);
    const remark = gap === '' ? '' : `the search of ${before.revision} is not complete in ${gap}`;
    return { category: earlier ? 'new way' : 'introduced', finding, ways: truly, remark, certain: gap === '' };
  }
  if (fresh.length > 0) {
    return { category: 'newly reachable', finding, ways: reachable, remark: newlyReachable, certain: true };
  }
  const isInherited = after.base !== null && finding.origin !== 'introduced' && finding.origin !== 'unknown';
  return { category: isInherited ? 'inherited' : 'still', finding, ways, remark: '', certain: true };
}

/** A finding that the later revision does not show: fixed, unless something new only hides it. */
function entryOfLost(finding: Finding, after: CheckResult, behindCuts: BehindCuts): RegressEntry {
  const ways = waysOf(finding);
  const hidden = ways.filter((via) => behindCuts.after.has(wayKey(finding.id, via)));
  if (hidden.length > 0) {
    const passed = [...new Set(hidden.flatMap((via) => behindCuts.after.get(wayKey(finding.id, via)) ?? []))];
    const remark = `${after.revision} has it too, behind ${passed.join(', ')}`;
    return { category: 'still', finding, ways: hidden, remark, certain: true };
  }
  const gap = incomplete(after, finding, ways);
  const remark = gap === '' ? '' : `the search of ${after.revision} is not complete in ${gap}`;
  return { category: 'fixed', finding, ways, remark, certain: gap === '' };
}

/** Scenarios that show a finding by one of these ways, and that `result` did not search completely. */
function incomplete(result: CheckResult, finding: Finding, ways: readonly string[]): string {
  const concerned = new Set(finding.witnesses.filter(({ via }) => ways.includes(via)).map(({ scenario }) => scenario));
  const gaps = result.scenarios.filter(({ id, limit }) => concerned.has(id) && limit !== '');
  return gaps.map(({ id }) => id).join(', ');
}

/** The ways in of a finding, each once. */
function waysOf(finding: Finding): string[] {
  return [...new Set(finding.witnesses.map(({ via }) => via))];
}
