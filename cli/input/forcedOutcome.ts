import type { ResolvedRevision } from '../../checker/system/link.js';
import type { ForcedOutcome } from '../../checker/system/linkedSystem.js';
import { kernelFunctionsFor } from '../../models/kernel/index.js';
import { errnoValues } from '../../models/program/errno.js';
import type { Scenario } from '../../models/scenarios/scenario.js';
import { InputError } from './inputError.js';
import { nearest } from './nearest.js';
import { unknownName } from './unknownName.js';

const option = '--force-outcome';

/** Named values; an error pointer is the negative errno, as in C. */
const words: Readonly<Record<string, number>> = { NULL: 0, true: 1, false: 0 };

/**
 * Reads `[CALLER/]CALLEE=VALUE`, where a value is an errno (`-ENOENT`), a whole number, `NULL`, `true` or `false`, and
 * makes sure that the functions exist in the revisions, the kernel models or the scenarios.
 */
export function readForcedOutcome(
  text: string,
  revisions: readonly ResolvedRevision[],
  scenarios: readonly Scenario[],
): ForcedOutcome {
  const match = /^(?:([^/=]+)\/)?([^/=]+)=(.+)$/.exec(text.trim());
  const [, caller = null, callee, valueText] = match ?? [];
  if (callee === undefined || valueText === undefined) {
    throw new InputError('bad-option', `'${text}' is not of the form [CALLER/]CALLEE=VALUE`, {
      place: option,
      next: `write ${option} idr_replace=-ENOENT, or ${option} tee_rstmem_alloc/idr_replace=-ENOENT`,
    });
  }
  const known = [
    ...revisions.flatMap(({ revision, functions }) => [
      ...kernelFunctionsFor(revision.kernel).map(({ name }) => name),
      ...functions.keys(),
    ]),
    ...scenarios.flatMap(({ functions }) => functions.map(({ name }) => name)),
  ];
  for (const name of caller === null ? [callee] : [caller, callee]) {
    if (!known.includes(name)) throw unknownName('function', name, known, 'interleaf list kernel');
  }
  return { caller, callee, value: readValue(valueText), text };
}

function readValue(text: string): number {
  const named = words[text];
  if (named !== undefined) return named;
  if (/^-?\d+$/.test(text)) return Number(text);
  const errno = /^-([A-Z0-9]+)$/.exec(text)?.[1];
  const value = errno === undefined ? undefined : errnoValues[errno];
  if (value !== undefined) return -value;
  const near = nearest(
    text,
    Object.keys(errnoValues).map((name) => `-${name}`),
  );
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  throw new InputError('bad-option', `'${text}' is no value that can be forced${hint}`, {
    place: option,
    next: 'write an errno such as -ENOENT, a whole number, NULL, true or false',
  });
}
