import { readFileSync } from 'node:fs';
import { applyPatches } from '../../models/c/intake/applyPatches.js';
import { openDirectoryTree } from '../../models/c/intake/directoryTree.js';
import { readPatches } from '../../models/c/intake/readPatches.js';
import { defaultConfiguration } from '../../models/c/syntax/configuration.js';
import { revisionById } from '../../models/revisions/index.js';
import { teeSubsystem } from '../tree/subsystem.js';
import type { TreeRevision } from '../tree/treeRevision.js';
import { treeRevision } from '../tree/treeRevision.js';

const common = {
  title: 'under test',
  source: 'a tree',
  subsystem: teeSubsystem,
  configuration: defaultConfiguration(),
  lookup: revisionById,
};

/** The TEE subsystem lifted out of a tree. */
export function fromTree(directory: string): TreeRevision {
  return treeRevision({ ...common, id: 'tree', base: null, tree: openDirectoryTree(directory) });
}

/** The same with a patch, a text in any form that the intake reads. Throws if part of it does not apply. */
export async function fromPatchedTree(directory: string, patch: string): Promise<TreeRevision> {
  const series = await readPatches([{ name: 'patch', bytes: Buffer.from(patch) }]);
  const tree = applyPatches(openDirectoryTree(directory), series);
  const problem = [...series.problems, ...tree.problems].find(({ severity }) => severity === 'error');
  if (problem) throw new Error(`${problem.line}: ${problem.message}`);
  return treeRevision({ ...common, id: 'patched tree', base: 'tree', tree });
}

/** A change of the lines that a patch adds: every edit stays on its line, so that the patch applies as before. */
export interface PatchEdit {
  /** The added line, without white space at its ends. */
  readonly line: string;
  /** Which of several such lines, from 0. */
  readonly occurrence?: number;
  /** What stands there instead; empty to drop it. */
  readonly by: string;
}

/** The text of a patch with added lines changed. Throws if a line is not there. */
export function editPatch(text: string, edits: readonly PatchEdit[]): string {
  const lines = text.split('\n');
  const added = /^((?:> ?)*\+)(?!\+\+ )(.*)$/;
  for (const { line, occurrence = 0, by } of edits) {
    const places = lines.flatMap((content, index) => (added.exec(content)?.[2]?.trim() === line ? [index] : []));
    const place = places[occurrence];
    if (place === undefined) throw new Error(`the patch adds no line '${line}' (${occurrence})`);
    lines[place] = lines[place]!.replace(added, (_, marker: string) => `${marker}${by === '' ? '' : ` ${by}`}`);
  }
  return lines.join('\n');
}

export const readText = (path: string) => readFileSync(path, 'utf8');
