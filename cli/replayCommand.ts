import type { Finding } from '../checker/finding/finding.js';
import { witnessToShow } from '../counterexamples/report/rootCauses.js';
import { fileOf } from './counterexampleFiles.js';
import type { GivenRevision } from './input/revisionInput.js';
import { quote } from './quote.js';
import type { SystemOptionValues } from './searchOptions.js';
import { printSystemOptions } from './searchOptions.js';

/** A command that can be pasted. If the counterexample was not kept, it makes the file first. */
export function replayCommand(
  { opened, words }: Pick<GivenRevision, 'opened' | 'words'>,
  finding: Finding,
  options: SystemOptionValues & { readonly output: string | undefined },
): string {
  // What was read from a tree has to be read again.
  const again = opened === null ? '' : ` ${words}`;
  if (options.output !== undefined) return `interleaf replay ${quote(fileOf(options.output, finding))}${again}`;
  const scenario = witnessToShow(finding)?.scenario ?? '';
  const check = ['interleaf check', words, '--scenario', scenario, ...printSystemOptions(options), '--output found'];
  return `${check.join(' ')}; interleaf replay found/${finding.id}.json${again}`;
}
