import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import type { EngineSettings, ReductionName } from '../../checker/explore/engineSettings.js';
import { conflictIn, defaultEngine, reductionNames } from '../../checker/explore/engineSettings.js';
import type { SearchLimits } from '../../checker/parallel/jobMessages.js';
import type { ValuesOf } from '../option.js';
import type { checkpointOptions, engineOptions, limitOptions } from '../searchOptions.js';
import { defaultInterval, defaultMaxStates } from '../searchOptions.js';
import { InputError } from './inputError.js';
import { unknownName } from './unknownName.js';

/** More threads than this need more memory than a usual machine has. */
const mostWorkers = 4;

/** Of the memory of the machine, for all searches together. */
const memoryShare = 0.7;

/** The limits of one search. */
export function readLimits(values: ValuesOf<typeof limitOptions>): SearchLimits {
  return {
    maxStates: values.maxStates ?? defaultMaxStates,
    timeout: values.timeout ?? Infinity,
    memory: values.memory ?? Math.floor((memoryShare * memoryOfMachine()) / readWorkers(values.workers)),
  };
}

/** How many searches to make at a time. */
export function readWorkers(workers: number | undefined): number {
  return workers ?? Math.min(availableParallelism(), mostWorkers);
}

/** How to search. Throws `InputError` for settings that do not go together. */
export function readEngine(
  values: ValuesOf<typeof engineOptions>,
  checkpoint: EngineSettings['checkpoint'] = null,
): EngineSettings {
  const { engine, search, store } = values;
  const settings: EngineSettings = {
    engine,
    search,
    store,
    reductions: readReductions(values.reduce, engine),
    checkpoint,
  };
  const conflict = conflictIn(settings);
  if (conflict) throw new InputError('options-conflict', conflict.message, { next: conflict.next });
  return settings;
}

function readReductions(names: readonly string[], engine: EngineSettings['engine']): readonly ReductionName[] {
  // The interpreter's search is the reference, and has the simplest reduction only.
  if (names.length === 0) return engine === 'interpreter' ? ['accesses'] : defaultEngine.reductions;
  if (names.length === 1 && names[0] === 'none') return [];
  if (names.length === 1 && names[0] === 'all') return reductionNames;
  const unknown = names.find((name) => !(reductionNames as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw unknownName('reduction', unknown, [...reductionNames, 'none', 'all'], `--reduce ${reductionNames.join(',')}`);
  return reductionNames.filter((name) => names.includes(name));
}

/**
 * Where a search is kept, and which one is gone on with; null if neither is asked for. There is one file, so there must be one search:
 * `scenarios` of them, and up to twice as many with a base.
 */
export function readCheckpoint(
  { checkpoint, checkpointEvery, resume }: ValuesOf<typeof checkpointOptions>,
  scenarios: number,
  hasBase: boolean,
): EngineSettings['checkpoint'] {
  const file = checkpoint ?? resume;
  if (file === undefined) {
    if (checkpointEvery === undefined) return null;
    throw new InputError('options-conflict', '--checkpoint-every says how often, and nothing says where to', {
      next: '--checkpoint FILE',
    });
  }
  if (scenarios !== 1)
    throw new InputError('one-search-only', `a checkpoint keeps one search, and there are ${scenarios} scenarios`, {
      next: 'name one by --scenario',
    });
  if (hasBase)
    throw new InputError('one-search-only', 'a checkpoint keeps one search, and the base may be searched as well', {
      next: '--base none',
    });
  if (resume !== undefined && !existsSync(resume))
    throw new InputError('no-such-file', 'there is no such checkpoint', {
      place: resume,
      next: 'name the file that --checkpoint wrote',
    });
  if (file !== resume && existsSync(file))
    throw new InputError('file-exists', 'a checkpoint would take the place of this file', {
      place: file,
      next: `go on with it by --resume ${file}, or remove it`,
    });
  return { file, interval: checkpointEvery ?? defaultInterval, ...(resume === undefined ? {} : { resume }) };
}

/** Bytes, or less where the process is not allowed all of it. */
function memoryOfMachine(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}
