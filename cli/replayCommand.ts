import type { Finding } from '../checker/finding/finding.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';
import { fileOf } from './counterexampleFiles.js';
import { quote } from './quote.js';
import type { SystemOptionValues } from './searchOptions.js';
import { printSystemOptions } from './searchOptions.js';

/** A command that can be pasted. If the counterexample was not kept, it makes the file first. */
export function replayCommand(
  revision: string,
  finding: Finding,
  options: SystemOptionValues & { readonly output: string | undefined },
): string {
  if (options.output !== undefined) return `interleaf replay ${quote(fileOf(options.output, finding))}`;
  const scenario = witnessToShow(finding)?.scenario ?? '';
  const check = ['interleaf check', revision, '--scenario', scenario, ...printSystemOptions(options), '--output found'];
  return `${check.join(' ')}; interleaf replay found/${finding.id}.json`;
}
