import process from 'node:process';
import { coverageOf, liftedFrom, measuredPlaces } from '../checker/tree/liftCoverage.js';
import { openSource } from '../checker/tree/openSource.js';
import { readPatchFiles } from '../checker/tree/sourceInputs.js';

/** How much of some places of a tree has a form in programs: `node dist/bench/lift.js LINUX [PATCH]` */
const out = (line: string) => process.stdout.write(`${line}\n`);

const [directory, patch] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: node dist/bench/lift.js LINUX [PATCH]\n');
  process.exitCode = 2;
} else {
  const patches = patch === undefined ? [] : readPatchFiles([patch]);
  const { tree, patched } = await openSource({ tree: directory, patches });
  const start = performance.now();
  out('| place | functions | exact | blocked |');
  out('| --- | --- | --- | --- |');
  const total = { functions: 0, exact: 0, blocked: 0 };
  const row = (place: string, { functions, exact, blocked }: typeof total) =>
    out(`| ${place} | ${functions} | ${((100 * exact) / Math.max(functions, 1)).toFixed(1)} % | ${blocked} |`);
  for (const [place, paths] of Object.entries(measuredPlaces)) {
    const coverage = coverageOf(liftedFrom(patched ?? tree, paths));
    row(place, coverage);
    total.functions += coverage.functions;
    total.exact += coverage.exact;
    total.blocked += coverage.blocked;
  }
  row('all', total);
  out(`\n${((performance.now() - start) / 1000).toFixed(1)} s`);
}
