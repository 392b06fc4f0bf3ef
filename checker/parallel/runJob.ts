import { properties } from '../../properties/index.js';
import type { Job } from '../check.js';
import { CheckpointError } from '../explore/cached/checkpointFile.js';
import { withoutMemory } from '../explore/cached/memoryAllowance.js';
import { addEndlessRuns } from '../explore/cached/progress.js';
import { canBeShared, reductionsOf, searchWith, useOf } from '../explore/engineSettings.js';
import type { Search, SearchProgress } from '../explore/search.js';
import { sharedBreadthFirst } from '../explore/shared/sharedBreadthFirst.js';
import { withBreaks } from '../explore/slices.js';
import type { Sample } from '../fuzz/sampleSystem.js';
import type { ScenarioRun } from '../scenarioRun.js';
import { runOf, runScenario } from '../scenarioRun.js';
import { LinkError } from '../system/linkError.js';
import { linkOnce } from '../system/linkOnce.js';
import { ModelError } from '../system/modelError.js';
import type { Engine, JobResult, SearchLimits } from './jobMessages.js';

/**
 * Makes one search. Never throws: a scenario that cannot be linked or that shows a bug of ours is inconclusive and says
 * why, so that it takes nothing away from the others. `threads` may search together. With `breaks`, timers, signals and messages have their
 * turn during a search that several threads could share, even if this is the only one.
 */
export async function runJob(
  { revision, scenario, options }: Job,
  engine: Engine,
  limits: SearchLimits,
  progress: (progress: SearchProgress) => boolean,
  threads = 1,
  breaks = false,
): Promise<JobResult> {
  let samples: readonly Sample[] = [];
  try {
    const bounds = { ...limits, progress, now: () => performance.now() };
    if ((threads > 1 || breaks) && engine.kind === 'exhaustive' && canBeShared(engine.settings)) {
      const system = linkOnce(revision, scenario, options);
      const { engine: name, reductions } = engine.settings;
      const search = { ...bounds, ...reductionsOf(reductions), webAssembly: useOf(name), workers: threads };
      const found = await sharedBreadthFirst(system, revision, search);
      // Runs without an end are looked for afterwards, by this thread.
      const result = await withBreaks(addEndlessRuns(found, system, search));
      return { run: runOf(revision, system, result), samples };
    }
    const search = await searchOf(engine, (found) => (samples = found));
    const run = runScenario(revision, scenario, options, bounds, search);
    return { run: engine.kind === 'sample' ? tellSampling(run) : run, samples };
  } catch (error) {
    return { run: failedRun(scenario, reasonOf(error)), samples };
  }
}

/** The search that an engine stands for. Sampling needs a large library, so it is loaded only where it is asked for. */
async function searchOf(engine: Engine, keep: (samples: readonly Sample[]) => void): Promise<Search> {
  if (engine.kind === 'exhaustive') return searchWith(engine.settings);
  const { sampleSystem } = await import('../fuzz/sampleSystem.js');
  return (system, options) => {
    const sampled = sampleSystem(system, engine.settings, options);
    keep(sampled.samples);
    return sampled.result;
  };
}

/** A sample takes other steps than a search, and cannot see everything. */
function tellSampling(run: ScenarioRun): ScenarioRun {
  const steps = 'steps: every access to shared memory is one; the order of locks is not looked at';
  return { ...run, assumptions: run.assumptions.map((text) => (text.startsWith('steps:') ? steps : text)) };
}

/** The run of a scenario that gave nothing but the reason why. */
export function failedRun(scenario: { readonly id: string; readonly title: string }, reason: string): ScenarioRun {
  return {
    scenario: scenario.id,
    title: scenario.title,
    states: 0,
    transitions: 0,
    depth: 0,
    milliseconds: 0,
    bytes: 0,
    limits: [reason],
    findings: [],
    vacuous: properties.map(({ id }) => id),
    coverage: { edges: 0, covered: 0, patchedEdges: 0, patchedCovered: 0, untouched: [] },
    assumptions: [],
    functions: [],
    unstableFields: [],
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof LinkError) return `${error.message} (${error.next})`;
  if (error instanceof CheckpointError) return `${error.message} (${error.next})`;
  if (error instanceof ModelError) return error.message;
  const memory = withoutMemory(error);
  if (memory !== null) return `stopped: more is needed than ${memory}`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `internal error, please report it: ${what}`;
}
