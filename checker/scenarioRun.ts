import type { FunctionDefinition } from '../models/program/functionDefinition.js';
import { lowerFunction } from '../models/program/lowerFunction.js';
import type { PropertyId } from '../models/program/propertyId.js';
import type { SourceSpan } from '../models/program/sourceSpan.js';
import { printSpan } from '../models/program/sourceSpan.js';
import type { Scenario } from '../models/scenarios/scenario.js';
import { properties } from '../properties/index.js';
import type { Exercise } from '../properties/property.js';
import { defaultEngine, searchWith } from './explore/engineSettings.js';
import type { Move, ReductionReport, Search, SearchOptions, SearchResult } from './explore/search.js';
import type { Coverage, FunctionSource } from './finding/finding.js';
import { findingId } from './finding/findingId.js';
import { passesLimit } from './passesLimit.js';
import type { Violation } from './system/step.js';
import type { ResolvedRevision } from './system/link.js';
import { link } from './system/link.js';
import type { LinkedNode, LinkedSystem, SystemOptions } from './system/linkedSystem.js';

/** A violation as plain data, with the schedule that shows it. */
export interface RawFinding {
  readonly id: string;
  readonly property: PropertyId;
  readonly tag: string;
  readonly cell: string;
  readonly operation: string;
  readonly conflict: string;
  readonly title: string;
  readonly via: string;
  readonly ends: boolean;
  /** The schedule goes through code that is not represented. */
  readonly possible: boolean;
  readonly location: SourceSpan | null;
  readonly schedule: readonly Move[];
  /** Moves that are repeated for ever after it; absent for a run that ends. */
  readonly cycle?: readonly Move[];
}

/** What the search of one scenario on one revision gives: plain data, so that a worker can send it. */
export interface ScenarioRun {
  readonly scenario: string;
  readonly title: string;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly limits: readonly string[];
  /** What would have to be so for a complete search to be no proof; absent where it is one. */
  readonly proviso?: string;
  readonly findings: readonly RawFinding[];
  readonly vacuous: readonly PropertyId[];
  readonly coverage: Coverage;
  readonly assumptions: readonly string[];
  readonly functions: readonly FunctionSource[];
  /** Fields whose accesses are steps of their own: schedules can be replayed only with the same ones. */
  readonly unstableFields: readonly string[];
}

/** Links and searches one scenario. Throws `LinkError` if revision and scenario do not fit. */
export function runScenario(
  revision: ResolvedRevision,
  scenario: Scenario,
  options: SystemOptions,
  search: SearchOptions,
  engine: Search = searchWith(defaultEngine),
): ScenarioRun {
  const system = link(revision, scenario, options);
  return runOf(revision, system, engine(system, search));
}

/** What a search gave, as data; `system` was linked of `revision`. */
export function runOf(revision: ResolvedRevision, system: LinkedSystem, result: SearchResult): ScenarioRun {
  const { scenario } = system;
  const executed = executedNodes(system, result.coverage);
  return {
    scenario: scenario.id,
    title: scenario.title,
    states: result.states,
    transitions: result.transitions,
    depth: result.depth,
    milliseconds: result.milliseconds,
    bytes: result.bytes,
    limits: result.limits,
    ...(result.proviso === undefined ? {} : { proviso: result.proviso }),
    findings: [
      ...result.discoveries.map(({ violation, schedule, cycle }) => ({
        ...rawFinding(
          system,
          violation,
          schedule,
          result.limits.length > 0 && passesLimit(system, result.unstableFields, schedule),
        ),
        ...(cycle ? { cycle } : {}),
      })),
      ...system.staticFindings.map((finding): RawFinding => {
        const key = {
          property: finding.property,
          tag: finding.tag,
          cell: finding.cell,
          operation: 'refuse',
          conflict: '',
        };
        const span = system.functions[system.functionIndex.get(finding.function)!]!.program.nodes[0]!.span;
        return {
          ...key,
          id: findingId(key),
          title: finding.title,
          via: `${finding.tag}.${finding.cell}`,
          ends: false,
          possible: false,
          location: span,
          schedule: [],
        };
      }),
    ],
    vacuous: properties
      .filter((property) => !property.exercisedBy.some((exercise) => isExercised(exercise, system, executed)))
      .map((property) => property.id),
    coverage: coverageOf(revision, system, result.coverage),
    assumptions: [
      ...assumptionsOf(system),
      ...(result.reductions ?? []).map(reductionText),
      ...(result.isAcyclic === false ? [fairness] : []),
    ],
    functions: system.functions.filter((fn) => fn.definition.file !== '<thread>').map((fn) => sourceOf(fn.definition)),
    unstableFields: result.unstableFields,
  };
}

/** A violation and its schedule as data. */
function rawFinding(
  system: LinkedSystem,
  violation: Violation,
  schedule: readonly Move[],
  possible: boolean,
): RawFinding {
  const { property, tag, cell, operation, conflict, title, via, ends, node } = violation;
  return {
    id: findingId(violation),
    property,
    tag,
    cell: cell.replace(/\[\d+\]/g, '[]'),
    operation,
    conflict,
    title,
    via,
    ends,
    possible,
    location: system.nodes[node]?.node.span ?? null,
    schedule,
  };
}

function executedNodes(system: LinkedSystem, coverage: Uint8Array): LinkedNode[] {
  return system.nodes.filter((node) => edgesOf(node).some((edge) => coverage[edge] === 1));
}

/** The coverage indexes of a node's control-flow edges. */
function edgesOf(node: LinkedNode): number[] {
  const { firstEdge } = node;
  if (node.node.kind === 'branch') return [firstEdge, firstEdge + 1];
  if (node.node.kind === 'choose') return node.node.alternatives.map((_, index) => firstEdge + index);
  return [firstEdge];
}

function isExercised(exercise: Exercise, system: LinkedSystem, executed: readonly LinkedNode[]): boolean {
  switch (exercise.kind) {
    case 'always':
      return true;
    case 'node':
      return executed.some(({ node }) => (exercise.nodes as readonly string[]).includes(node.kind));
    case 'call':
      return executed.some(({ function: fn }) => exercise.functions.includes(fn.definition.name));
    case 'event':
      return executed.some(({ id, node }) => {
        if (node.kind !== 'event' || !exercise.events.includes(node.event)) return false;
        const type = system.placeTypes.get(id);
        const tag = type?.kind === 'pointer' && type.to.kind === 'struct' ? type.to.tag : '';
        return system.layouts.get(tag)?.cells[0]?.table.lifecycle.id === exercise.lifecycle;
      });
  }
}

function coverageOf(revision: ResolvedRevision, system: LinkedSystem, coverage: Uint8Array): Coverage {
  let [edges, covered, patchedEdges, patchedCovered] = [0, 0, 0, 0];
  const touched = new Map<string, boolean>();
  for (const node of system.nodes) {
    const { definition } = node.function;
    if (definition.origin === 'kernel' || definition.origin === 'environment') continue;
    for (const edge of edgesOf(node)) {
      const ran = coverage[edge] === 1;
      edges += 1;
      if (ran) covered += 1;
      if (!isPatched(node.function.definition, node.node.span)) continue;
      patchedEdges += 1;
      if (ran) patchedCovered += 1;
      if (node.node.span.line !== undefined) {
        const place = printSpan(node.node.span);
        touched.set(place, (touched.get(place) ?? false) || ran);
      }
    }
  }
  // Functions of the patch that the scenario cannot reach are untouched too.
  for (const definition of revision.functions.values()) {
    if (!definition.patched || system.functionIndex.has(definition.name)) continue;
    for (const { span } of lowerFunction(definition).nodes) {
      if (span.line === undefined || !isPatched(definition, span)) continue;
      if (!touched.has(printSpan(span))) touched.set(printSpan(span), false);
    }
  }
  const untouched = [...touched].filter(([, ran]) => !ran).map(([place]) => place);
  return { edges, covered, patchedEdges, patchedCovered, untouched };
}

/** Whether a node is the patch's doing: hand-written functions say so as a whole, lifted ones by line. */
function isPatched(definition: FunctionDefinition, span: SourceSpan): boolean {
  if (!definition.patched) return false;
  const { patchedLines } = definition;
  return patchedLines === undefined || (span.line !== undefined && patchedLines.includes(span.line));
}

const fairness =
  'runs without an end: a thread that can go on again and again goes on at some time (locks are handed over), and failures do not go on for ever';

function assumptionsOf(system: LinkedSystem): string[] {
  const { scenario, options, revision } = system;
  const threads = scenario.threads.map((thread) =>
    thread.process === null ? `${thread.name} (kernel)` : `${thread.name} (process ${thread.process})`,
  );
  const list = [
    `threads: ${threads.join(', ')}`,
    'sequential consistency; data races are reported, the order of relaxed atomics is not checked',
    options.faults === null
      ? 'failures: every documented failure of every kernel call, in any combination'
      : `failures: at most ${options.faults} in a run (--faults)`,
    'steps: accesses that no other thread can notice (to private memory; to shared fields that do not change, that one thread uses, or that one lock always guards) are merged with the next visible operation',
    `kernel API models: ${revision.kernel}`,
    ...options.forcedOutcomes.map((outcome) => `forced outcome: ${outcome.text}`),
    ...options.assumeFixed.map((id) => `assumed fixed: ${id}`),
    ...revision.omits.map((omitted) => `not modelled: ${omitted}`),
    ...system.approximations,
    ...mergedOutcomes(system),
  ];
  return list;
}

/** What a reduction did and why it could, as one line. */
function reductionText({ name, effect, reasons }: ReductionReport): string {
  return `reduction ${name}: ${[effect, ...reasons].join('; ')}`;
}

/** Failures that no code of the system tells apart are one alternative, named after all of them. */
function mergedOutcomes(system: LinkedSystem): string[] {
  const merged = new Set<string>();
  for (const { node } of system.nodes) {
    if (node.kind !== 'choose') continue;
    for (const { name } of node.alternatives)
      if (/^-\w+(?:\|-\w+)+$/.test(name)) merged.add(`merged outcomes of ${node.name}: ${name.split('|').join(', ')}`);
  }
  return [...merged].sort();
}

function sourceOf(definition: {
  readonly name: string;
  readonly origin: string;
  readonly file: string;
}): FunctionSource {
  const sources = {
    patch: 'lifted from the patch',
    tree: 'lifted from the tree',
    model: 'model',
    kernel: 'kernel model',
    environment: 'environment',
  } as const;
  return { name: definition.name, source: sources[definition.origin as keyof typeof sources], file: definition.file };
}
