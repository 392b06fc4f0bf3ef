import * as v from 'valibot';
import { propertyIds } from '../../models/program/propertyId.js';
import { sourceIdentitySchema } from './sourceSchema.js';

/** The version of the file format that this program writes, and the newest it reads. */
export const formatVersion = 1;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const sourceSpanSchema = v.strictObject({
  file: v.string(),
  function: v.string(),
  line: v.exactOptional(count),
  mailLine: v.exactOptional(count),
});

export const propertyIdSchema = v.picklist(propertyIds);
export const findingOriginSchema = v.picklist(['introduced', 'inherited', 'unknown', 'new way']);

/** One step: which thread makes it, and the number of the alternative taken at each choice inside it. */
const moveSchema = v.strictObject({ thread: v.string(), decisions: v.array(count) });

const optionsSchema = v.strictObject({
  faults: v.nullable(count),
  forcedOutcomes: v.array(
    v.strictObject({
      caller: v.nullable(v.string()),
      callee: v.string(),
      value: v.pipe(v.number(), v.integer()),
      text: v.string(),
    }),
  ),
  assumeFixed: v.array(v.string()),
});

/** The file of one counterexample. Fields that are not listed are errors: they are misspellings, or of a newer version. */
export const counterexampleSchema = v.strictObject({
  $schema: v.exactOptional(v.string()),
  format: v.literal('interleaf.counterexample'),
  version: v.literal(formatVersion),
  tool: v.string(),
  revision: v.string(),
  base: v.nullable(v.string()),
  scenario: v.string(),
  /** What the revision was read from, if it is not built in. */
  source: v.exactOptional(sourceIdentitySchema),
  options: optionsSchema,
  unstableFields: v.array(v.string()),
  finding: v.strictObject({
    id: v.string(),
    property: propertyIdSchema,
    title: v.string(),
    object: v.string(),
    operation: v.string(),
    conflict: v.string(),
    origin: findingOriginSchema,
    location: v.nullable(sourceSpanSchema),
  }),
  via: v.string(),
  schedule: v.array(moveSchema),
  /** Steps that are repeated for ever after the schedule, for a run that does not end. */
  cycle: v.exactOptional(v.array(moveSchema)),
});

/** A counterexample as it is kept: revision and scenario by id, threads by name, so that it can be replayed elsewhere. */
export type Counterexample = v.InferOutput<typeof counterexampleSchema>;
