import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResult, Finding } from '../checker/finding/finding.js';
import type { SystemOptions } from '../checker/system/linkedSystem.js';
import { counterexampleOf } from '../counterexamples/format/counterexample.js';
import { writeCounterexample } from '../counterexamples/format/writeCounterexample.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';
import { scenarioById } from '../models/scenarios/index.js';
import { InputError } from './input/inputError.js';

/** Writes the witness that a report shows of each finding, as `<id>.json`, and the result as `result.json`. */
export function writeCounterexamples(folder: string, result: CheckResult, options: SystemOptions): void {
  for (const finding of result.findings) {
    const witness = witnessToShow(finding);
    if (!witness || witness.steps === 0) continue;
    const scenario = scenarioById(witness.scenario)!;
    const text = writeCounterexample(counterexampleOf(result, finding, witness, scenario, options));
    writeOutput(fileOf(folder, finding), text);
  }
  writeOutput(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}

/** Where the counterexample of a finding is kept. */
export function fileOf(folder: string, { id }: Pick<Finding, 'id'>): string {
  return join(folder, `${id}.json`);
}

/** Writes a file that the user asked for. */
export function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError('cannot-write', `cannot write it: ${reason}`, { place: path, next: 'name another --output' });
  }
}
