import * as v from 'valibot';
import type { SourceIdentity, SourceReport } from '../../checker/finding/sourceReport.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const level = v.picklist(['note', 'abstracted', 'blocked']);

/** How to know again what a revision was read from. */
export const sourceIdentitySchema = v.strictObject({
  subsystem: v.string(),
  treeVersion: v.nullable(v.string()),
  patches: v.array(v.string()),
  range: v.nullable(v.string()),
  configuration: v.nullable(v.string()),
  files: v.array(v.strictObject({ path: v.string(), blob: v.nullable(v.string()) })),
}) satisfies v.GenericSchema<unknown, SourceIdentity>;

const patch = v.strictObject({
  kind: v.picklist(['patches', 'range']),
  inputs: v.array(v.string()),
  version: v.nullable(count),
  patches: v.array(
    v.strictObject({
      input: v.string(),
      subject: v.nullable(v.string()),
      author: v.nullable(v.string()),
      number: v.nullable(count),
      total: v.nullable(count),
      droppedLines: v.array(v.strictObject({ line: count, text: v.string() })),
    }),
  ),
  missing: v.array(count),
  baseCommit: v.nullable(v.string()),
  files: v.array(
    v.strictObject({
      path: v.string(),
      change: v.picklist(['changed', 'created', 'deleted', 'failed']),
      base: v.picklist(['same', 'differs', 'unknown']),
    }),
  ),
  added: count,
  removed: count,
  hunks: v.array(
    v.strictObject({
      path: v.string(),
      hunk: count,
      input: v.string(),
      inputLine: count,
      applied: v.boolean(),
      offset: v.pipe(v.number(), v.integer()),
      whitespace: v.boolean(),
      message: v.nullable(v.string()),
    }),
  ),
  problems: v.array(
    v.strictObject({
      severity: v.picklist(['error', 'warning']),
      input: v.string(),
      line: v.nullable(count),
      message: v.string(),
      next: v.string(),
    }),
  ),
  changedFunctions: v.array(
    v.strictObject({
      name: v.string(),
      file: v.string(),
      change: v.picklist(['added', 'changed', 'removed']),
      lifted: v.boolean(),
    }),
  ),
});

const changedLines = v.strictObject({
  added: count,
  code: count,
  touched: count,
  untouched: v.array(
    v.strictObject({
      file: v.string(),
      function: v.string(),
      lines: v.array(count),
      why: v.picklist(['not run', 'not reached', 'not lifted']),
    }),
  ),
});

/** What a result of a tree was read from; see `SourceReport`. */
export const sourceSchema = v.strictObject({
  tree: v.strictObject({ name: v.string(), version: v.nullable(v.string()) }),
  configuration: v.string(),
  subsystem: v.string(),
  patch: v.nullable(patch),
  functions: v.array(
    v.strictObject({
      name: v.string(),
      file: v.string(),
      line: count,
      endLine: count,
      fromPatch: v.boolean(),
      level: v.picklist(['exact', 'abstracted', 'blocked']),
    }),
  ),
  kept: v.array(v.strictObject({ name: v.string(), reason: v.string() })),
  changedModels: v.array(v.string()),
  remarks: v.array(v.strictObject({ kind: v.string(), level, count, example: v.string() })),
  approximations: v.array(
    v.strictObject({
      function: v.string(),
      file: v.string(),
      direction: v.picklist(['under', 'over']),
      what: v.string(),
    }),
  ),
  opaqueCalls: v.array(v.strictObject({ name: v.string(), places: v.array(v.string()) })),
  conditionals: v.array(
    v.strictObject({
      file: v.string(),
      line: count,
      directive: v.string(),
      taken: v.boolean(),
      reason: v.string(),
    }),
  ),
  problems: v.array(
    v.strictObject({
      file: v.string(),
      line: count,
      severity: v.picklist(['error', 'note']),
      message: v.string(),
    }),
  ),
  changedLines: v.nullable(changedLines),
  incomplete: v.array(v.string()),
  identity: sourceIdentitySchema,
}) satisfies v.GenericSchema<unknown, SourceReport>;
