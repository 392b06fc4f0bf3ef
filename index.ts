/**
 * The Interleaf library: one explicit list of what is public. Nothing here prints or exits.
 *
 * @example
 * import { assertHolds, check } from 'interleaf';
 * assertHolds(await check('v4-pin-device', { scenarios: ['shm-close'] }));
 */
export { err, ok, type Result } from './models/base/result.js';

// Check a revision.
export {
  assertHolds,
  checkRevision,
  checkRevision as check,
  type CheckRevisionOptions,
} from './checker/checkRevision.js';
export {
  check as checkScenarios,
  exitCodeOf,
  type CheckRequest,
  type Job,
  type LaterJobs,
  type RunJobs,
} from './checker/check.js';
export type {
  CheckResult,
  Coverage,
  Finding,
  FindingOrigin,
  FunctionSource,
  ScenarioResult,
  Verdict,
  Witness,
  WitnessOrigin,
} from './checker/finding/finding.js';
export { findingId, type FindingKey } from './checker/finding/findingId.js';
export { runJobsWith, type JobProgress, type RunJobsOptions } from './checker/parallel/runJobs.js';
export type { Engine, JobResult, SearchLimits } from './checker/parallel/jobMessages.js';
export { defaultEngine, type EngineSettings } from './checker/explore/engineSettings.js';

// Check what a patch does to a kernel tree.
export { checkTree } from './checker/tree/checkTree.js';
export { openTreeRevision, type OpenedRevision } from './checker/tree/openTreeRevision.js';
export { readConfigFile, readPatchFiles, type SourceInputs } from './checker/tree/sourceInputs.js';
export { SourceError } from './checker/tree/sourceError.js';
export { withSource } from './checker/tree/withSource.js';
export { openSource, type OpenedSource } from './checker/tree/openSource.js';
export { configurationFromFile, defaultConfiguration } from './models/c/syntax/configuration.js';
export { liftSource, type LiftedSource, type LiftedText } from './checker/tree/liftSource.js';
export type { SourceReport } from './checker/finding/sourceReport.js';
export type { PatchInput } from './models/c/intake/readPatches.js';

// Compare two revisions, or sample one.
export { regress, type RegressRequest, type RegressResult } from './checker/regress/regress.js';
export { compareResults, type BehindCuts, type Category, type RegressEntry } from './checker/regress/compare.js';
export { sampleSystem, type Sample, type SampleSettings } from './checker/fuzz/sampleSystem.js';

// The parts below: link a system, search it, replay a schedule.
export { resolveRevision, scenarioApplies } from './checker/resolveRevision.js';
export { link, type ResolvedRevision } from './checker/system/link.js';
export { LinkError } from './checker/system/linkError.js';
export {
  defaultOptions,
  type ForcedOutcome,
  type LinkedSystem,
  type SystemOptions,
} from './checker/system/linkedSystem.js';
export { breadthFirst } from './checker/explore/breadthFirst.js';
export type { Discovery, Move, Search, SearchOptions, SearchProgress, SearchResult } from './checker/explore/search.js';
export { runScenario, type RawFinding, type ScenarioRun } from './checker/scenarioRun.js';
export { replay } from './checker/replay/replay.js';
export { explainFinding, type Explanation } from './checker/replay/explainFinding.js';
export type * from './checker/replay/replayData.js';
export type { ReplayError } from './checker/replay/scheduleRunner.js';

// Counterexamples as files, reports and graphs.
export { counterexampleOf } from './counterexamples/format/counterexample.js';
export { readCounterexample } from './counterexamples/format/readCounterexample.js';
export { writeCounterexample } from './counterexamples/format/writeCounterexample.js';
export { replayCounterexample, systemOf } from './counterexamples/format/replayCounterexample.js';
export type { Counterexample } from './counterexamples/format/schema.js';
export type { FormatError } from './counterexamples/format/formatError.js';
export { reportById, reports, type Report } from './counterexamples/report/index.js';
export { textReport, type TextReportOptions } from './counterexamples/report/text.js';
export { jsonReport } from './counterexamples/report/json.js';
export { counterexampleGraph, type CounterexampleGraph } from './counterexamples/graph/counterexampleGraph.js';
export { stateGraph, type StateGraph, type StateGraphOptions } from './counterexamples/graph/stateGraph.js';
export { lifecycleGraph, type LifecycleGraph } from './counterexamples/graph/lifecycleGraph.js';
export { toDot } from './counterexamples/graph/toDot.js';
export { toGraphml } from './counterexamples/graph/toGraphml.js';
export { toJson } from './counterexamples/graph/toJson.js';

// What is built in.
export { revisionById, revisions } from './models/revisions/index.js';
export type { Revision } from './models/revisions/revision.js';
export { scenarioById, scenarios } from './models/scenarios/index.js';
export type { Scenario, ScenarioThread } from './models/scenarios/scenario.js';
export { properties, propertyById } from './properties/index.js';
export type { Property, Severity } from './properties/property.js';
export { isPropertyId, propertyIds, type PropertyId } from './models/program/propertyId.js';
export { lifecycleById, lifecycles } from './models/lifecycles/index.js';
export type { Lifecycle, LifecycleTable } from './models/lifecycles/lifecycle.js';
export { compileLifecycle } from './models/lifecycles/compile/compileLifecycle.js';
export { kernelFunctionsFor } from './models/kernel/index.js';

// The language that programs, revisions and scenarios are written in.
export * as program from './models/program/build.js';
export { struct, type StructType } from './models/types/structType.js';
export type { OpsTable } from './models/types/opsTable.js';
export type { FunctionDefinition } from './models/program/functionDefinition.js';
export type { SourceSpan } from './models/program/sourceSpan.js';
export { toolVersion } from './checker/toolVersion.js';
