import { Expander } from '../explore/cached/expander.js';
import { beforeCommit, longestTransaction, mostWays, Transactions } from '../explore/reductions/transactions.js';
import { cyclicLocks } from '../explore/reductions/movers.js';
import { takesLock, waitsForMore } from '../explore/cached/transitionCache.js';
import type { Interpreter } from '../system/interpreter.js';
import { integer } from '../system/word.js';
import { ExportError } from './exportError.js';
import type { JoinTree, ModelTransactions, Stmt } from './exportModel.js';
import type { ModelRun } from './modelRun.js';
import type { StepListener } from './modelSearch.js';

/** Phases of a transaction, as `Transactions` numbers them: after `beforeCommit` comes one in which it holds something. */
const committed = beforeCommit + 2;
const phases = [beforeCommit, beforeCommit + 1, committed] as const;
/** Beside the bits of the phases: the next step may have to wait, for a lock or more; and above that, in how many ways it can be made. */
const locks = 1 << phases.length;
const waysShift = phases.length + 1;

/**
 * Finds out what the transactions of a search are in terms of its model. Every step that a run of the model makes is made by the
 * interpreter, too, from the same state, and the rules are asked (`Transactions`):
 *
 * - In which phases would a thread go on with this step, and may it have to wait? The answers are filed under the variables that the
 *   step read, in the order in which it read them, and what makes no difference is left out.
 * - Does it commit the transaction? Each way to make a step that does came by a list of statements by which no other way comes.
 */
export class TransactionFacts implements StepListener {
  private readonly run: ModelRun;
  private readonly interpreter: Interpreter;
  private readonly expander: Expander;
  private readonly rules: Transactions;
  private packedState = new Int32Array(1);
  private result = 0;
  private block = 0;
  private cuts = 0;
  /** By block: the phases in which a thread in front of it goes on, and what the step does, as bits. */
  private readonly trees = new Map<number, JoinTree>();
  /** By list of statements: whether all steps that came to it commit. */
  private readonly commits = new Map<readonly Stmt[], boolean>();
  /** Lists that the steps which commit came to. */
  private readonly traces: (readonly (readonly Stmt[])[])[] = [];

  constructor(run: ModelRun, interpreter: Interpreter, weakened: ReadonlySet<string>) {
    this.run = run;
    this.interpreter = interpreter;
    this.expander = new Expander(
      interpreter,
      { rewrite: () => {} },
      { transactions: true, weakened, mayPutOff: false },
    );
    this.rules = new Transactions(this.expander.packed.cache, !weakened.has(cyclicLocks));
  }

  begin(thread: number): void {
    const { packed } = this.expander;
    this.block = this.run.standOf(thread);
    this.copyState();
    packed.internInterpreted();
    if (this.packedState.length < packed.layout.width) this.packedState = new Int32Array(packed.layout.width);
    packed.packValues(packed.values, this.packedState, 0);
    packed.unpack(this.packedState, 0);
    this.result = packed.result(thread);
  }

  /** Puts the state of the run into the interpreter: frames say there which node comes next, and who called. */
  private copyState(): void {
    const { run, interpreter } = this;
    const { words } = interpreter;
    words.set(run.words.subarray(0, words.length));
    for (const { base, index } of run.system.threads) {
      const frames = run.framesOf(index);
      words[base] = integer(frames[0]?.frame ?? 0);
      for (const [at, { frame, node }] of frames.entries()) {
        words[frame] = integer(node + 1);
        words[frame + 1] = integer(frames[at + 1]?.frame ?? 0);
      }
    }
  }

  way(fork: number): void {
    const { cache } = this.expander.packed;
    const { result, rules } = this;
    const last = cache.firstOutcome[result + 1]!;
    for (let outcome = cache.firstOutcome[result]!; outcome < last; outcome += 1) {
      if (cache.forks[outcome] !== fork) continue;
      const effect = rules.phaseAfter(beforeCommit, result, outcome);
      for (const phase of phases)
        if (rules.phaseAfter(phase, result, outcome) !== Math.max(phase, effect))
          throw new ExportError('a phase of a transaction does not follow from the steps made in it');
      const commits = effect === committed;
      const trace = [...new Set(this.run.trace)];
      for (const list of trace) this.commits.set(list, (this.commits.get(list) ?? true) && commits);
      if (commits) this.traces.push(trace);
    }
  }

  end(): void {
    const { run, rules, result, trees, block } = this;
    if (run.ranOut) throw new ExportError('a transaction depends on memory that nothing names any more');
    this.cuts += this.expander.packed.cache.cuts[result]!;
    const { traits, firstOutcome } = this.expander.packed.cache;
    let set = (firstOutcome[result + 1]! - firstOutcome[result]!) << waysShift;
    if ((traits[result]! & (takesLock | waitsForMore)) !== 0) set |= locks;
    for (const phase of phases) if (rules.goesOn(phase, result)) set |= 1 << phase;
    trees.set(block, this.filed(trees.get(block), 0, set));
  }

  /** Files such bits under the values of the variables read, from a position on. */
  private filed(tree: JoinTree | undefined, position: number, set: number): JoinTree {
    const { reads } = this.run;
    if (position === reads.length) {
      if (tree !== undefined && tree !== set) throw new ExportError('a transaction depends on what no variable tells');
      return set;
    }
    const [at, value] = [reads[position]!, reads[position + 1]!];
    const node = tree ?? { at, children: new Map<number, JoinTree>() };
    if (typeof node === 'number' || node.at !== at)
      throw new ExportError('a transaction depends on what no variable tells');
    node.children.set(value, this.filed(node.children.get(value), position + 2, set));
    return node;
  }

  /** To be called when every step was made. Throws `UnstableField` if what transactions rest on turned out to be wrong. */
  transactions(): ModelTransactions {
    this.expander.movers?.settle(this.cuts);
    const commits = new Set<readonly Stmt[]>();
    for (const trace of this.traces) {
      const list = trace.find((one) => this.commits.get(one) === true);
      if (!list)
        throw new ExportError('whether a step commits a transaction depends on more than one of its decisions');
      commits.add(list);
    }
    return {
      commits,
      joins: new Map([...this.trees].map(([block, tree]) => [block, simplified(tree, (set) => set & (locks - 1))])),
      locks: new Map([...this.trees].map(([block, tree]) => [block, simplified(tree, (set) => (set & locks ? 1 : 0))])),
      ways: new Map(
        [...this.trees].map(([block, tree]) => [block, simplified(tree, (set) => Math.max(1, set >> waysShift))]),
      ),
      longest: longestTransaction,
      mostWays,
    };
  }
}

/** A part of what a tree says, without what makes no difference to it. */
function simplified(tree: JoinTree, of: (set: number) => number): JoinTree {
  if (typeof tree === 'number') return of(tree);
  const children = new Map([...tree.children].map(([value, child]) => [value, simplified(child, of)]));
  const [first] = children.values();
  const isSame = [...children.values()].every((child) => sameTree(child, first!));
  return isSame ? first! : { at: tree.at, children };
}

function sameTree(a: JoinTree, b: JoinTree): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  if (a.at !== b.at || a.children.size !== b.children.size) return false;
  return [...a.children].every(([value, child]) => {
    const other = b.children.get(value);
    return other !== undefined && sameTree(child, other);
  });
}
