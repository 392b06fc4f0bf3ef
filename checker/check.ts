import type { PropertyId } from '../models/program/propertyId.js';
import type { Scenario } from '../models/scenarios/scenario.js';
import { properties } from '../properties/index.js';
import { severityOf } from '../properties/severityOf.js';
import { isStop } from './explore/stopped.js';
import type { CheckResult, Finding, FunctionSource, ScenarioResult, Verdict, Witness } from './finding/finding.js';
import type { RawFinding, ScenarioRun } from './scenarioRun.js';
import { scenarioApplies } from './resolveRevision.js';
import type { ResolvedRevision } from './system/link.js';
import type { SystemOptions } from './system/linkedSystem.js';
import { toolVersion } from './toolVersion.js';

/** One search to make. Jobs are independent: they may run in any order and in parallel. */
export interface Job {
  readonly revision: ResolvedRevision;
  readonly scenario: Scenario;
  readonly options: SystemOptions;
}

/**
 * Runs jobs and gives their results in the order of the jobs, those of the later ones behind; `null` for a job that was not run
 * (interrupted, or not called for). To run later ones that nobody calls for is no harm; to leave out their results is an error.
 */
export type RunJobs = (jobs: readonly Job[], later?: LaterJobs) => Promise<readonly (ScenarioRun | null)[]>;

/** Jobs that are run only if the run of one of those before them calls for it. */
export interface LaterJobs {
  readonly jobs: readonly Job[];
  readonly isCalledForBy: (run: ScenarioRun) => boolean;
}

export interface CheckRequest {
  readonly revision: ResolvedRevision;
  /** Findings are attributed against it; null leaves them unattributed. */
  readonly base: ResolvedRevision | null;
  readonly scenarios: readonly Scenario[];
  readonly options: SystemOptions;
  /** Only these properties count; null for all. */
  readonly properties: readonly PropertyId[] | null;
  readonly runJobs: RunJobs;
}

/**
 * Checks a revision in every scenario given that applies to it; if anything is violated, its base in the same scenarios.
 *
 * A finding is inherited if the base shows the same id in any scenario; a witness is inherited if the base shows it by the
 * same way in. What the base does not show is introduced, or `unknown` if a search of the base was not made, or stopped. The
 * verdict of a run with several scenarios is `violated` before `inconclusive` before `holds`.
 */
export async function check(request: CheckRequest): Promise<CheckResult> {
  const { revision, base, options } = request;
  const own = request.scenarios.filter((scenario) => scenarioApplies(scenario, revision));
  const baseScenarios = base ? request.scenarios.filter((scenario) => scenarioApplies(scenario, base)) : [];
  const wanted = (finding: RawFinding) => request.properties === null || request.properties.includes(finding.property);
  // Of a note it does not matter where it comes from.
  const isCalledForBy = ({ findings }: ScenarioRun) =>
    findings.some((finding) => wanted(finding) && severityOf(finding.property) === 'violation');
  const runs = await request.runJobs(
    own.map((scenario) => ({ revision, scenario, options })),
    { jobs: baseScenarios.map((scenario) => ({ revision: base!, scenario, options })), isCalledForBy },
  );
  const ownRuns = runs.slice(0, own.length);
  if (runs.length < own.length + baseScenarios.length)
    throw new Error(
      `runJobs gave ${runs.length} results for ${own.length} jobs and ${baseScenarios.length} later ones`,
    );
  const baseRuns = base ? runs.slice(own.length) : null;
  const findings = mergeFindings(
    ownRuns.filter((run) => run !== null),
    baseRuns,
    wanted,
  );
  const scenarios = own.map((scenario, index) => scenarioResult(scenario, ownRuns[index] ?? null, wanted));
  const verdict = worst(scenarios.map((scenario) => scenario.verdict));
  return {
    format: 'interleaf.result',
    version: 1,
    tool: `interleaf ${toolVersion}`,
    revision: revision.revision.id,
    base: base?.revision.id ?? null,
    verdict,
    exitCode: exitCodeOf(verdict),
    findings,
    scenarios,
    functions: mergeFunctions(ownRuns.filter((run) => run !== null)),
  };
}

/** The process exit code that stands for a verdict. */
export function exitCodeOf(verdict: Verdict): 0 | 1 | 3 {
  return verdict === 'holds' ? 0 : verdict === 'violated' ? 1 : 3;
}

/** `violated` before `inconclusive` before `holds`; nothing checked is inconclusive. */
function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('violated')) return 'violated';
  if (verdicts.includes('inconclusive') || verdicts.length === 0) return 'inconclusive';
  return 'holds';
}

/**
 * Findings of several runs by id, their witnesses by scenario and way in. `base` is null if there is none to look at; a run of it that was
 * not made is null.
 */
function mergeFindings(
  runs: readonly ScenarioRun[],
  base: readonly (ScenarioRun | null)[] | null,
  wanted: (finding: RawFinding) => boolean,
): Finding[] {
  const baseIds = new Set<string>();
  const baseWays = new Set<string>();
  // What could not be begun has no states.
  const isWhole = (run: ScenarioRun | null) => run !== null && run.states > 0 && !run.limits.some(isStop);
  const whatElse = base?.every(isWhole) ? 'introduced' : 'unknown';
  for (const run of base ?? []) {
    if (!run) continue;
    for (const finding of run.findings) {
      baseIds.add(finding.id);
      baseWays.add(`${finding.id} ${finding.via}`);
    }
  }
  const grouped = new Map<string, { raw: RawFinding; witnesses: Witness[] }>();
  for (const run of runs) {
    for (const raw of run.findings.filter(wanted)) {
      const group = grouped.get(raw.id) ?? { raw, witnesses: [] };
      grouped.set(raw.id, group);
      group.witnesses.push({
        scenario: run.scenario,
        via: raw.via,
        origin: baseWays.has(`${raw.id} ${raw.via}`) ? 'inherited' : whatElse,
        steps: raw.schedule.length,
        switches: switchesOf(raw),
        schedule: raw.schedule,
        ...(raw.cycle ? { cycle: raw.cycle } : {}),
        possible: raw.possible,
      });
    }
  }
  const findings = [...grouped.values()].map(({ raw, witnesses }): Finding => {
    // What the revision brings comes first: it is what the reader of a patch wants to see.
    const isOld = (witness: Witness) => (witness.origin === 'inherited' ? 1 : 0);
    const ordered = [...witnesses].sort((a, b) => isOld(a) - isOld(b) || a.steps - b.steps);
    const isNew = witnesses.some((witness) => witness.origin === 'introduced');
    return {
      id: raw.id,
      property: raw.property,
      severity: severityOf(raw.property),
      title: raw.title,
      object: raw.cell === '' ? raw.tag : `${raw.tag}.${raw.cell}`,
      operation: raw.operation,
      conflict: raw.conflict,
      origin: !baseIds.has(raw.id) ? whatElse : isNew ? 'new way' : 'inherited',
      rootCause: raw.id,
      location: raw.location,
      witnesses: ordered,
    };
  });
  return groupByRootCause(findings);
}

/** Length of the schedule in changes of the running thread. */
function switchesOf({ schedule }: { readonly schedule: RawFinding['schedule'] }): number {
  return schedule.reduce(
    (count, move, index) => (index > 0 && schedule[index - 1]!.thread !== move.thread ? count + 1 : count),
    0,
  );
}

/**
 * A lock that is destroyed or freed while somebody holds it is found there and again when the holder gives it back: one cause,
 * told as the use after free where there is one.
 */
function groupByRootCause(findings: readonly Finding[]): Finding[] {
  const lockProperties: readonly PropertyId[] = ['use-after-free', 'lock-destroyed-held', 'uninitialised'];
  return findings.map((finding) => {
    const related = findings.filter(
      (other) => other.object === finding.object && lockProperties.includes(other.property),
    );
    if (!related.includes(finding) || !related.some((other) => other.property === 'lock-destroyed-held'))
      return finding;
    const cause =
      related.find((other) => other.property === 'use-after-free') ??
      related.find((other) => other.property === 'lock-destroyed-held')!;
    return { ...finding, rootCause: cause.id };
  });
}

function scenarioResult(
  scenario: Scenario,
  run: ScenarioRun | null,
  wanted: (finding: RawFinding) => boolean,
): ScenarioResult {
  if (!run) {
    const coverage = { edges: 0, covered: 0, patchedEdges: 0, patchedCovered: 0, untouched: [] };
    return {
      id: scenario.id,
      title: scenario.title,
      verdict: 'inconclusive',
      states: 0,
      transitions: 0,
      depth: 0,
      seconds: 0,
      bytes: 0,
      findingIds: [],
      cutBy: [],
      vacuous: [],
      coverage,
      assumptions: [],
      limit: 'not run: interrupted',
      unstableFields: [],
    };
  }
  const found = run.findings.filter(wanted);
  const violations = found.filter((finding) => severityOf(finding.property) === 'violation');
  const violated = violations.some((finding) => !finding.possible);
  const cutBy = [...new Set(run.findings.filter((finding) => finding.ends).map((finding) => finding.id))];
  // A path cut by a finding that is not wanted hides what lies behind it: the wanted properties are not proven.
  const hidden = cutBy.some((id) => !found.some((finding) => finding.id === id));
  const onlyPossible = violations.length > 0 && !violated;
  const limit = [
    ...run.limits,
    ...(onlyPossible ? ['what was found goes through code that is not represented: it is possible, not certain'] : []),
    ...(hidden && !violated
      ? [`paths end in findings of properties that were not asked for: ${cutBy.join(', ')}`]
      : []),
  ].join('; ');
  return {
    id: run.scenario,
    title: run.title,
    verdict: violated ? 'violated' : limit !== '' ? 'inconclusive' : 'holds',
    states: run.states,
    transitions: run.transitions,
    depth: run.depth,
    seconds: run.milliseconds / 1000,
    bytes: run.bytes,
    findingIds: [...new Set(found.map((finding) => finding.id))],
    cutBy,
    vacuous: run.vacuous,
    coverage: run.coverage,
    assumptions: run.assumptions,
    limit,
    ...(run.proviso === undefined ? {} : { proviso: run.proviso }),
    unstableFields: run.unstableFields,
  };
}

function mergeFunctions(runs: readonly ScenarioRun[]): FunctionSource[] {
  const byName = new Map<string, FunctionSource>();
  for (const run of runs) for (const fn of run.functions) byName.set(fn.name, fn);
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Properties that no scenario of a result exercised: their verdict says nothing. */
export function vacuousProperties(result: CheckResult): PropertyId[] {
  return properties
    .map((property) => property.id)
    .filter((id) => result.scenarios.length > 0 && result.scenarios.every((scenario) => scenario.vacuous.includes(id)));
}
