import { basename } from 'node:path';
import { applyPatches } from '../../models/c/intake/applyPatches.js';
import { openDirectoryTree } from '../../models/c/intake/directoryTree.js';
import { gitRange } from '../../models/c/intake/gitRange.js';
import type { PatchSeries } from '../../models/c/intake/patch.js';
import { readPatches, type PatchInput } from '../../models/c/intake/readPatches.js';
import type { KernelTree, PatchedTree } from '../../models/c/intake/tree.js';
import { TreeError } from '../../models/c/intake/treeError.js';
import { configurationFromFile, defaultConfiguration } from '../../models/c/syntax/configuration.js';
import type { Configuration } from '../../models/c/syntax/parse.js';
import { SourceError } from './sourceError.js';
import type { SourceInputs } from './sourceInputs.js';

/** Where the C of a revision is read. */
export interface OpenedSource {
  /** What reports call it: `linux-6.12.117`, `v4.mbox`, `A..B`. */
  readonly id: string;
  /** What reports call the tree below the patch; null for a tree alone. */
  readonly baseId: string | null;
  /** The tree as it is, which is the base of a patch. */
  readonly tree: KernelTree;
  /** The tree with the patch; null for a tree alone. */
  readonly patched: PatchedTree | null;
  /** The patches that were read; null for a range or a tree alone. */
  readonly series: PatchSeries | null;
  /** Subjects of a range's commits, oldest first. */
  readonly subjects: readonly string[];
  readonly configuration: Configuration;
}

/** Opens a tree and lays the patch over it, in memory. Throws `SourceError` where nothing can be read of either. */
export async function openSource(inputs: SourceInputs): Promise<OpenedSource> {
  const { tree: directory, patches = [], range } = inputs;
  const configuration = inputs.configuration
    ? configurationFromFile(inputs.configuration.text)
    : defaultConfiguration();
  if (range !== undefined) {
    const found = opened(() => gitRange(directory, range));
    return {
      id: inputs.name ?? range,
      baseId: found.base.name,
      tree: found.base,
      patched: found.patched,
      series: null,
      subjects: found.subjects,
      configuration,
    };
  }
  const tree = opened(() => openDirectoryTree(directory));
  const baseId = `linux-${tree.version}`;
  if (patches.length === 0) {
    return { id: inputs.name ?? baseId, baseId: null, tree, patched: null, series: null, subjects: [], configuration };
  }
  const series = await readSeries(patches);
  return {
    id: inputs.name ?? nameOf(patches),
    baseId,
    tree,
    patched: applyPatches(tree, series),
    series,
    subjects: [],
    configuration,
  };
}

/** Reads the patches of a series. Throws `SourceError` if there is none in it. */
export async function readSeries(patches: readonly PatchInput[]): Promise<PatchSeries> {
  const series = await readPatches(patches);
  if (series.patches.some(({ files }) => files.length > 0)) return series;
  const first = series.problems.find(({ severity }) => severity === 'error') ?? series.problems[0];
  const input = first?.input ?? patches[0]!.name;
  const place = first?.line ? `${input}:${first.line}` : input;
  const next = first?.next ?? 'Give a mail, an mbox or a diff.';
  throw new SourceError('no-patch', place, first?.message ?? 'there is no patch in it', next);
}

/** `v4.mbox`, or `0001-a.patch and 5 more`. */
function nameOf(patches: readonly PatchInput[]): string {
  const first = basename(patches[0]!.name);
  return patches.length === 1 ? first : `${first} and ${patches.length - 1} more`;
}

function opened<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof TreeError)) throw error;
    throw new SourceError('unreadable-tree', error.place, error.reason, error.next);
  }
}
