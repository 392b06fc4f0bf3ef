import { createHash } from 'node:crypto';
import { printGenerated } from '../../codegen/generateSteps.js';
import { toolVersion } from '../../toolVersion.js';
import type { LinkedSystem } from '../../system/linkedSystem.js';
import { CheckpointError, CheckpointReader } from './checkpointFile.js';
import type { FindingNotes } from './findingLog.js';
import type { Layout } from './layout.js';

/** What must be the same for a checkpoint to be of use; by name, for a message. */
export interface CheckpointIdentity {
  readonly tool: string;
  readonly revision: string;
  readonly scenario: string;
  /** How it is searched: the store, the reductions. */
  readonly settings: string;
  /** SHA-256 of the steps, objects and threads of the system. */
  readonly system: string;
}

/** What a checkpoint says of a search beside its sections. */
export interface CheckpointHeader {
  readonly identity: CheckpointIdentity;
  /** Assumptions that the search had to give up before it began for the last time. */
  readonly weakened: readonly string[];
  readonly layout: Layout;
  /** How many contents each component has. */
  readonly contents: Int32Array;
  readonly next: number;
  readonly depth: number;
  readonly levelEnd: number;
  /** States of each level that is complete. */
  readonly levels: readonly number[];
  readonly transitions: number;
  readonly steps: number;
  readonly cuts: number;
  readonly milliseconds: number;
  readonly findings: FindingNotes;
  /** An object was moved to another slot (`CanonicalSlots.hasMoved`). */
  readonly hasMoved: boolean;
}

/** What a search of the system with these settings is. */
export function identityOf(system: LinkedSystem, settings: string): CheckpointIdentity {
  const digest = createHash('sha256');
  digest.update(printGenerated(system));
  for (const { name, header, layout } of system.objects) digest.update(JSON.stringify([name, header, layout.size]));
  for (const { name, base, size, daemon } of system.threads) digest.update(JSON.stringify([name, base, size, daemon]));
  digest.update(JSON.stringify([system.scenario.id, system.options]));
  return {
    tool: toolVersion,
    revision: system.revision.id,
    scenario: system.scenario.id,
    settings,
    system: digest.digest('hex'),
  };
}

/** Opens the checkpoint of a search. Throws `CheckpointError` if it is another one's. */
export function openCheckpoint(file: string, identity: CheckpointIdentity): CheckpointReader<CheckpointHeader> {
  const reader = new CheckpointReader<CheckpointHeader>(file);
  try {
    const found: Partial<CheckpointIdentity> = reader.header.identity ?? {};
    const differs = (['tool', 'revision', 'scenario', 'settings', 'system'] as const).find(
      (name) => found[name] !== identity[name],
    );
    if (differs === undefined) return reader;
    const what = {
      tool: `interleaf ${found.tool}, and this is ${identity.tool}`,
      revision: `a search of ${found.revision}, not of ${identity.revision}`,
      scenario: `a search of scenario ${found.scenario}, not of ${identity.scenario}`,
      settings: `a search with other settings: ${found.settings}, and not ${identity.settings}`,
      system: 'a search of another state of the code, or with other options',
    }[differs];
    throw new CheckpointError(
      `${file} is of ${what}`,
      'repeat the options of the run that wrote it, or begin anew, without --resume',
    );
  } catch (error) {
    reader.close();
    throw error;
  }
}
