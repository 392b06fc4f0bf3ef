import type { PropertyId } from '../../models/program/propertyId.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import type { Job, RunJobs } from '../check.js';
import { check } from '../check.js';
import type { CheckResult } from '../finding/finding.js';
import { scenarioApplies } from '../resolveRevision.js';
import type { ScenarioRun } from '../scenarioRun.js';
import type { ResolvedRevision } from '../system/link.js';
import type { SystemOptions } from '../system/linkedSystem.js';
import { toolVersion } from '../toolVersion.js';
import type { OpenedRevision } from '../tree/openTreeRevision.js';
import { withSource } from '../tree/withSource.js';
import type { RegressEntry } from './compare.js';
import { compareResults, wayKey } from './compare.js';

/** What to compare. */
export interface RegressRequest {
  readonly before: ResolvedRevision;
  readonly after: ResolvedRevision;
  /** What the later revision itself changes, to tell inherited findings; null for nothing. */
  readonly base: ResolvedRevision | null;
  readonly scenarios: readonly Scenario[];
  readonly options: SystemOptions;
  /** Only these properties count; null for all. */
  readonly properties: readonly PropertyId[] | null;
  readonly runJobs: RunJobs;
  /** Where a revision was read from a tree: its result then says what was read, and may be incomplete for that. */
  readonly opened?: { readonly before: OpenedRevision | null; readonly after: OpenedRevision | null };
}

/** What `regress` says; the JSON document of `--format json`. */
export interface RegressResult {
  readonly format: 'interleaf.regress';
  readonly version: 1;
  readonly tool: string;
  readonly before: string;
  readonly after: string;
  /** Whether something of severity violation came in; inconclusive if not and a search was not complete. */
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  readonly exitCode: 0 | 1 | 3;
  readonly entries: readonly RegressEntry[];
  /** The two checks it rests on. */
  readonly results: { readonly before: CheckResult; readonly after: CheckResult };
}

/**
 * Checks two revisions in the scenarios that apply to either, and says what the later one fixed, kept and brought.
 *
 * A finding that ends its paths hides what lies behind it. So what only the later revision shows is looked for again in the
 * earlier one, in the scenarios concerned and past the findings that the later one has not; and the other way round before
 * something is called fixed.
 */
export async function regress(request: RegressRequest): Promise<RegressResult> {
  const { before, after, base, scenarios, options, properties } = request;
  const runJobs = remembering(request.runJobs);
  // Both at once, so that workers are not idle between two checks.
  await runJobs([before, after].flatMap((revision) => jobsOf(revision, scenarios, options)));
  const common = { scenarios, options, properties, runJobs };
  const results = {
    before: told(await check({ ...common, revision: before, base: null }), request.opened?.before),
    after: told(await check({ ...common, revision: after, base }), request.opened?.after),
  };
  const beforeIds = idsOf(results.before);
  const afterIds = idsOf(results.after);
  const behindCuts = {
    before: await waysBehindCuts(before, results.before, afterIds, results.after, request, runJobs),
    after: await waysBehindCuts(after, results.after, beforeIds, results.before, request, runJobs),
  };
  const entries = compareResults(results.before, results.after, behindCuts);
  const verdict = verdictOf(entries, results);
  return {
    format: 'interleaf.regress',
    version: 1,
    tool: `interleaf ${toolVersion}`,
    before: before.revision.id,
    after: after.revision.id,
    verdict,
    exitCode: verdict === 'holds' ? 0 : verdict === 'violated' ? 1 : 3,
    entries,
    results,
  };
}

function told(result: CheckResult, opened: OpenedRevision | null | undefined): CheckResult {
  return opened ? withSource(result, opened) : result;
}

function verdictOf(entries: readonly RegressEntry[], results: RegressResult['results']): RegressResult['verdict'] {
  const isBad = ({ category, finding }: RegressEntry) =>
    (category === 'introduced' || category === 'new way') && finding.severity === 'violation';
  if (entries.some(isBad)) return 'violated';
  const both = [results.before, results.after];
  const scenarios = both.flatMap((result) => result.scenarios);
  const isIncomplete = both.some(({ source }) => source !== undefined && source.incomplete.length > 0);
  const isCut = scenarios.length === 0 || scenarios.some(({ limit }) => limit !== '');
  return isIncomplete || isCut ? 'inconclusive' : 'holds';
}

/**
 * The ways in that `revision` shows once it goes on past those of its path-ending findings that the other revision has not;
 * each with the ids that were passed. Only scenarios are searched again that show the other something `revision` does not.
 */
async function waysBehindCuts(
  revision: ResolvedRevision,
  result: CheckResult,
  otherIds: ReadonlySet<string>,
  other: CheckResult,
  request: RegressRequest,
  runJobs: RunJobs,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ownWays = new Set(result.findings.flatMap(({ id, witnesses }) => witnesses.map(({ via }) => wayKey(id, via))));
  const missing = other.findings.flatMap(({ id, witnesses }) =>
    witnesses.filter(({ via }) => !ownWays.has(wayKey(id, via))).map(({ scenario }) => scenario),
  );
  const found = new Map<string, readonly string[]>();
  for (const scenario of request.scenarios) {
    if (!missing.includes(scenario.id)) continue;
    let cuts = result.scenarios.find(({ id }) => id === scenario.id)?.cutBy ?? [];
    const passed = new Set<string>();
    for (;;) {
      const more = cuts.filter((id) => !otherIds.has(id) && !passed.has(id));
      if (more.length === 0) break;
      for (const id of more) passed.add(id);
      const options = { ...request.options, assumeFixed: [...request.options.assumeFixed, ...passed] };
      const [run] = await runJobs([{ revision, scenario, options }]);
      if (!run) break;
      for (const { id, via } of run.findings) found.set(wayKey(id, via), [...passed]);
      // What was hidden may end paths in its turn.
      cuts = run.findings.filter(({ ends }) => ends).map(({ id }) => id);
    }
  }
  return found;
}

function idsOf(result: CheckResult): ReadonlySet<string> {
  return new Set(result.findings.map(({ id }) => id));
}

function jobsOf(revision: ResolvedRevision, scenarios: readonly Scenario[], options: SystemOptions): Job[] {
  return scenarios
    .filter((scenario) => scenarioApplies(scenario, revision))
    .map((scenario) => ({ revision, scenario, options }));
}

/** Makes no search twice. */
function remembering(runJobs: RunJobs): RunJobs {
  const known = new Map<string, ScenarioRun | null>();
  // By identity: two patches of the same file name are two revisions.
  const numbers = new Map<ResolvedRevision, number>();
  const numberOf = (revision: ResolvedRevision) => {
    if (!numbers.has(revision)) numbers.set(revision, numbers.size);
    return numbers.get(revision)!;
  };
  const keyOf = ({ revision, scenario, options }: Job) =>
    [numberOf(revision), scenario.id, ...options.assumeFixed].join('|');
  const runNew = async (jobs: readonly Job[]) => {
    const unknown = new Map(jobs.filter((job) => !known.has(keyOf(job))).map((job) => [keyOf(job), job]));
    const runs = await runJobs([...unknown.values()]);
    [...unknown.keys()].forEach((key, index) => known.set(key, runs[index] ?? null));
    return jobs.map((job) => known.get(keyOf(job)) ?? null);
  };
  return async (jobs, later) => {
    const runs = await runNew(jobs);
    if (!later) return runs;
    const isCalledFor = runs.some((run) => run !== null && later.isCalledForBy(run));
    return [...runs, ...(isCalledFor ? await runNew(later.jobs) : later.jobs.map(() => null))];
  };
}
