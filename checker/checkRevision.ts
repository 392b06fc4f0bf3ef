import type { PropertyId } from '../models/program/propertyId.js';
import { revisionById } from '../models/revisions/index.js';
import type { Revision } from '../models/revisions/revision.js';
import { scenarioById, scenarios as registeredScenarios } from '../models/scenarios/index.js';
import type { Scenario } from '../models/scenarios/scenario.js';
import { check } from './check.js';
import type { CheckResult } from './finding/finding.js';
import type { JobProgress } from './parallel/runJobs.js';
import { runJobsWith } from './parallel/runJobs.js';
import { resolveRevision, scenarioApplies } from './resolveRevision.js';
import type { ResolvedRevision } from './system/link.js';
import type { SystemOptions } from './system/linkedSystem.js';
import { defaultOptions } from './system/linkedSystem.js';

/** What may be said beside the revision; what is left out is as in `interleaf check`. */
export interface CheckRevisionOptions extends Partial<SystemOptions> {
  /** By id or as data. Default: the registered scenarios of the default size that apply. */
  readonly scenarios?: readonly (string | Scenario)[];
  /** Findings are attributed against it; null for none. Default: the revision's own base. */
  readonly base?: string | Revision | null;
  readonly properties?: readonly PropertyId[];
  /** For each scenario. Default: no limit. */
  readonly maxStates?: number;
  /** Milliseconds for each scenario. Default: no limit. */
  readonly timeout?: number;
  /** Worker threads; 0 searches in the calling thread. Default: 1. */
  readonly workers?: number;
  /** Stops the searches, which then give what they have. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: JobProgress) => void;
}

/**
 * Checks every interleaving and every failure of a revision: `interleaf check` as a function.
 *
 * Throws for an id that is not registered; whatever goes wrong in a scenario is in the result.
 * @example assertHolds(await checkRevision('v4-pin-device', { scenarios: ['shm-close'] }));
 */
export async function checkRevision(
  revision: string | Revision,
  options: CheckRevisionOptions = {},
): Promise<CheckResult> {
  const resolved = resolve(revision);
  const base = options.base === undefined ? resolved.revision.base : options.base;
  return checkResolved(resolved, base === null ? null : resolve(base), options);
}

/** The same for a revision whose bases are laid under it already; `options.base` is not looked at. */
export async function checkResolved(
  revision: ResolvedRevision,
  base: ResolvedRevision | null,
  options: CheckRevisionOptions,
): Promise<CheckResult> {
  const scenarios =
    options.scenarios?.map(lookUpScenario) ??
    (registeredScenarios as readonly Scenario[]).filter(
      (scenario) => scenario.size === 'default' && scenarioApplies(scenario, revision),
    );
  const { faults, forcedOutcomes, assumeFixed } = { ...defaultOptions, ...options };
  return check({
    revision,
    base,
    scenarios,
    options: { faults, forcedOutcomes, assumeFixed },
    properties: options.properties ?? null,
    runJobs: runJobsWith({
      limits: { maxStates: options.maxStates ?? Infinity, timeout: options.timeout ?? Infinity },
      workers: options.workers ?? 1,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.onProgress ? { onProgress: options.onProgress } : {}),
    }),
  });
}

/** Throws unless everything holds; the message says what does not, or why nobody knows. For tests. */
export function assertHolds(result: CheckResult): void {
  if (result.verdict === 'holds') return;
  const broken = result.findings
    .filter(({ severity }) => severity === 'violation')
    .map(({ id, title, witnesses }) => `  ${id}: ${title} (${witnesses.map(({ scenario }) => scenario).join(', ')})`);
  const limits = result.scenarios
    .filter(({ limit }) => limit !== '')
    .map(({ id, limit }) => `  ${id} is not complete: ${limit}`);
  const nothing = result.scenarios.length === 0 ? ['  no scenario applies'] : [];
  throw new Error([`${result.revision} is ${result.verdict}`, ...broken, ...limits, ...nothing].join('\n'));
}

function resolve(revision: string | Revision): ResolvedRevision {
  if (typeof revision !== 'string') return resolveRevision(revision, revisionById);
  const found = revisionById(revision);
  if (!found) throw new Error(`there is no revision '${revision}'`);
  return resolveRevision(found, revisionById);
}

function lookUpScenario(scenario: string | Scenario): Scenario {
  if (typeof scenario !== 'string') return scenario;
  const found = scenarioById(scenario);
  if (!found) throw new Error(`there is no scenario '${scenario}'`);
  return found;
}
