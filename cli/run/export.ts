import { ExportError } from '../../checker/export/exportError.js';
import type { ExportModel } from '../../checker/export/exportModel.js';
import { toPromela } from '../../checker/export/promela.js';
import { exportModel } from '../../checker/export/runModel.js';
import { toTla } from '../../checker/export/tla.js';
import { link } from '../../checker/system/link.js';
import type { CommandContext } from '../command.js';
import { writeOutput } from '../counterexampleFiles.js';
import { exitCodes } from '../exitCodes.js';
import { exportDefaults } from '../exportDefaults.js';
import { InputError } from '../input/inputError.js';
import { selectScenarios } from '../input/lookUp.js';
import { readRevision } from '../input/revisionInput.js';
import { readSystemOptions } from '../input/systemOptions.js';
import type { SystemOptionValues } from '../searchOptions.js';
import type { SourceOptionValues } from '../sourceOptions.js';
import { write } from '../streams.js';

const writers = { promela: toPromela, tla: toTla } as const satisfies Record<string, (model: ExportModel) => string>;

interface ExportOptions extends SystemOptionValues, SourceOptionValues {
  readonly to: keyof typeof writers;
  readonly scenario: readonly string[];
  readonly transactions: boolean;
  readonly maxStates: number | undefined;
  readonly output: string | undefined;
}

/** Writes one scenario as a model for another checker. */
export async function runExport(
  [subject]: readonly (string | undefined)[],
  options: ExportOptions,
  { streams }: CommandContext,
): Promise<number> {
  if (options.transactions && options.to !== 'promela')
    throw new InputError('no-export', `--transactions is for --to promela: ${options.to} has no steps in one go`, {
      next: 'leave out one of them',
    });
  const { resolved: revision, words } = await readRevision('export', subject, options, streams.stdin);
  const scenarios = selectScenarios(options.scenario, [revision], false);
  const [scenario] = scenarios;
  if (scenarios.length !== 1 || !scenario) {
    const all = scenarios.map((one) => one.id).join(', ');
    throw new InputError('no-scenario', `a model is of one scenario; ${revision.revision.id} has ${all}`, {
      place: '--scenario',
      next: `interleaf export ${words} --scenario ${scenario?.id ?? 'ID'}`,
    });
  }
  const system = link(revision, scenario, readSystemOptions(options, [revision], scenarios));
  const maxStates = options.maxStates ?? exportDefaults.maxStates;
  const model = modelOf(() =>
    exportModel(system, { maxStates, walks: exportDefaults.walks, transactions: options.transactions }),
  );
  const document = modelOf(() => writers[options.to](model));
  if (options.output === undefined) await write(streams.stdout, document);
  else writeOutput(options.output, document);
  if (!model.complete) {
    const remark = `more than ${maxStates} states: what was not met in these and in random runs is an assertion in the model`;
    await write(streams.stderr, `interleaf: ${remark}; --max-states runs more\n`);
  }
  return exitCodes.ok;
}

function modelOf<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    throw new InputError('no-export', `it has no such model: ${error.message}`, {
      next: 'choose another scenario, or leave out the options that change it',
    });
  }
}
