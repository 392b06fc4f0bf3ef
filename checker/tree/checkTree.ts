import type { CheckRevisionOptions } from '../checkRevision.js';
import { checkResolved } from '../checkRevision.js';
import type { CheckResult } from '../finding/finding.js';
import { openTreeRevision } from './openTreeRevision.js';
import type { SourceInputs } from './sourceInputs.js';
import { withSource } from './withSource.js';

/**
 * Checks what a patch does to a kernel tree, or a tree alone: `interleaf check --tree` as a function. Findings are attributed against the
 * tree without the patch.
 *
 * Throws `SourceError` where the tree or the patch cannot be read; what is wrong with parts of them is in `source` of the result.
 * @example
 * const result = await checkTree({ tree: 'linux', patches: readPatchFiles(['v4.mbox']) });
 */
export async function checkTree(
  inputs: SourceInputs,
  options: Omit<CheckRevisionOptions, 'base'> = {},
): Promise<CheckResult> {
  const opened = await openTreeRevision(inputs);
  const scenarios = options.scenarios ?? (opened.exercised ? undefined : []);
  const searched = await checkResolved(opened.revision, opened.base, {
    ...options,
    ...(scenarios === undefined ? {} : { scenarios }),
  });
  return withSource(searched, opened);
}
