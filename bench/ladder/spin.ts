import { join } from 'node:path';
import type { Contestant, NoMeasurement, PreparedRun } from './contestant.js';
import { parsePan } from './parsePan.js';
import type { RungFolder } from './rungFolder.js';
import type { Rung } from './rungs.js';
import type { RunLimits } from './runProcess.js';
import { lastLine, runProcess } from './runProcess.js';

/** A way to compile and run SPIN's verifier. */
interface SpinVariant {
  readonly name: string;
  /** Defined for spin itself. */
  readonly define?: string;
  /** Beside the flags that all have. */
  readonly compile: readonly string[];
  readonly run: readonly string[];
  /** With SPIN's partial order reduction. */
  readonly reduces?: true;
  readonly isInexact?: true;
  /** Its memory is not that of a hash table of states. */
  readonly bits?: true;
  /** It keeps states inside of atomic steps, too, so there are more. */
  readonly breadthFirst?: true;
}

/** What ratios are of. */
export const referenceContestant = 'SPIN';

/** SPIN's options that make sense for finding all states of a closed system. */
const variants: readonly SpinVariant[] = [
  { name: referenceContestant, compile: [], run: [] },
  { name: 'SPIN, COLLAPSE', compile: ['-DCOLLAPSE'], run: [] },
  { name: 'SPIN, partial order', compile: [], run: [], reduces: true },
  { name: 'SPIN, partial order, COLLAPSE', compile: ['-DCOLLAPSE'], run: [], reduces: true },
  { name: 'SPIN, breadth first', define: 'VISIBLE', compile: ['-DBFS'], run: [], breadthFirst: true },
  { name: 'SPIN, breadth first, 2 cores', define: 'VISIBLE', compile: ['-DBFS_PAR'], run: ['-u2'], breadthFirst: true },
  { name: 'SPIN, 2 cores', define: 'VISIBLE', compile: ['-DNCORE=2'], run: [] },
  { name: 'SPIN, bitstate', compile: ['-DBITSTATE'], run: ['-k3'], isInexact: true, bits: true },
  { name: 'SPIN, hash compaction', compile: ['-DHC4'], run: [], isInexact: true },
];

/** Every variant: `spin -a` and gcc once, then one run of pan each time. */
export const spinContestants: readonly Contestant[] = variants.map((variant) => ({
  name: variant.name,
  isFull: variant.reduces !== true && variant.breadthFirst !== true,
  isInexact: variant.isInexact === true,
  prepare: (rung, limits, folder) => prepare(variant, rung, limits, folder),
}));

async function prepare(
  variant: SpinVariant,
  rung: Rung,
  limits: RunLimits,
  folder: RungFolder,
): Promise<PreparedRun | NoMeasurement> {
  const model = await folder.model('promela');
  if ('failed' in model) return model;
  const cwd = folder.withFile(variant.name.replaceAll(/\W+/g, '-'), 'model.pml', model.text);
  const steps = { cwd, seconds: limits.seconds };
  const defines = variant.define === undefined ? [] : [`-D${variant.define}`];
  const made = await runProcess('spin', [...defines, '-a', 'model.pml'], steps);
  if (made.code !== 0) return { failed: `spin: ${lastLine(made.stdout + made.stderr) ?? `exit code ${made.code}`}` };
  const flags = ['-DSAFETY', '-DNOBOUNDCHECK', '-DNOFAIR', `-DMEMLIM=${limits.megabytes}`];
  const reduction = variant.reduces ? [] : ['-DNOREDUCE'];
  const gcc = ['-O2', '-w', ...flags, ...reduction, ...variant.compile, '-o', 'pan', 'pan.c'];
  const compiled = await runProcess('gcc', gcc, steps);
  if (compiled.timedOut) return { failed: `gcc takes over ${limits.seconds} s` };
  if (compiled.code !== 0)
    return { failed: `gcc: ${/error: .*/.exec(compiled.stderr)?.[0] ?? `exit code ${compiled.code}`}` };
  const sizes = [`-w${tableSize(rung, variant)}`, ...(variant.breadthFirst ? [] : ['-m2000000'])];
  const arguments_ = ['-n', '-E', '-c0', ...sizes, ...variant.run];
  return async () => {
    const { code, stdout, stderr, resident, timedOut, seconds } = await runProcess(join(cwd, 'pan'), arguments_, steps);
    if (timedOut) return { failed: `over ${limits.seconds} s` };
    const parsed = parsePan(stdout);
    if (parsed === null) return { failed: `pan: ${lastLine(stdout + stderr) ?? `exit code ${code}`}` };
    if ('failed' in parsed) return parsed;
    return { ...parsed, total: made.seconds + compiled.seconds + seconds, resident };
  };
}

/** Log2 of the number of slots: one for each state if that is known; 64 bits for each state in a bitstate search. */
function tableSize({ full }: Rung, { bits }: SpinVariant): number {
  const size = full === null ? 26 : Math.min(28, Math.max(18, Math.ceil(Math.log2(full[0]))));
  return bits ? size + 6 : size;
}
