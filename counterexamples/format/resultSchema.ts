import * as v from 'valibot';
import type { CheckResult } from '../../checker/finding/finding.js';
import { findingOriginSchema, propertyIdSchema, sourceSpanSchema } from './schema.js';
import { sourceSchema } from './sourceSchema.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const verdict = v.picklist(['holds', 'violated', 'inconclusive']);

const move = v.strictObject({ thread: count, decisions: v.array(count) });

const witness = v.strictObject({
  scenario: v.string(),
  via: v.string(),
  origin: v.picklist(['introduced', 'inherited', 'unknown']),
  steps: count,
  switches: count,
  schedule: v.array(move),
  cycle: v.exactOptional(v.array(move)),
  possible: v.boolean(),
});

const finding = v.strictObject({
  id: v.string(),
  property: propertyIdSchema,
  severity: v.picklist(['violation', 'note']),
  title: v.string(),
  object: v.string(),
  operation: v.string(),
  conflict: v.string(),
  origin: findingOriginSchema,
  rootCause: v.string(),
  location: v.nullable(sourceSpanSchema),
  witnesses: v.array(witness),
});

const scenario = v.strictObject({
  id: v.string(),
  title: v.string(),
  verdict,
  states: count,
  transitions: count,
  depth: count,
  seconds: v.pipe(v.number(), v.minValue(0)),
  bytes: count,
  findingIds: v.array(v.string()),
  cutBy: v.array(v.string()),
  vacuous: v.array(propertyIdSchema),
  coverage: v.strictObject({
    edges: count,
    covered: count,
    patchedEdges: count,
    patchedCovered: count,
    untouched: v.array(v.string()),
  }),
  assumptions: v.array(v.string()),
  limit: v.string(),
  proviso: v.exactOptional(v.string()),
  unstableFields: v.array(v.string()),
});

const functionSource = v.strictObject({
  name: v.string(),
  source: v.picklist(['lifted from the patch', 'lifted from the tree', 'model', 'kernel model', 'environment']),
  file: v.string(),
});

/** The document of `check --format json`. Threads of schedules are numbers here: those of the scenario's list. */
export const resultSchema = v.strictObject({
  format: v.literal('interleaf.result'),
  version: v.literal(1),
  tool: v.string(),
  revision: v.string(),
  base: v.nullable(v.string()),
  verdict,
  exitCode: v.picklist([0, 1, 3]),
  findings: v.array(finding),
  scenarios: v.array(scenario),
  functions: v.array(functionSource),
  source: v.exactOptional(sourceSchema),
}) satisfies v.GenericSchema<unknown, CheckResult>;
