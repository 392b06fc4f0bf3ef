/** What comes of the next step of a thread where it depends on nothing but the contents that lead to it. */
export interface StepResult {
  /** Transitions, those that end the path included; 0 if the thread waits. */
  readonly transitions: number;
  readonly outcomes: readonly StepOutcome[];
  /** Memory ran out in the middle of it: it depends on all that names memory, and has to be made in each state. */
  readonly dependsOnAll: boolean;
}

/** The end of a step, before memory that nothing names any more is given back. */
export interface StepOutcome {
  /** Parts that change and the numbers that they get, in turn. */
  readonly changes: readonly number[];
  /** Objects that may have lost their last name, as bits (`StateParts.dynamic`); null for none. */
  readonly lost: Int32Array | null;
  /** The block in front of which the step ends, or -1 - thread. */
  readonly end: number;
}

/** A test of one part: a child for each number of its contents from `lowest` on. */
interface Test {
  readonly part: number;
  lowest: number;
  /** 0: not known; a test, its index plus one; a result, minus its index minus one. */
  children: Int32Array;
}

/**
 * Steps by what they depend on: a decision tree over the contents of the parts that they read or wrote, in the order in which
 * they did so. (S. Blom, J. van de Pol, M. Weber, Bridging the gap between enumerative and symbolic model checkers, 2009.)
 */
export class StepCache {
  readonly results: StepResult[] = [];
  private readonly tests: Test[];

  /** `stacks`: the part that each thread's steps depend on first. */
  constructor(stacks: readonly number[]) {
    this.tests = stacks.map((part) => ({ part, lowest: 0, children: new Int32Array(64) }));
  }

  /** The result of the next step of a thread in a state, null if it is not known. */
  find(thread: number, numbers: Int32Array): StepResult | null {
    const { tests, results } = this;
    let { part, lowest, children } = tests[thread]!;
    for (;;) {
      const position = numbers[part]! - lowest;
      const child = position >>> 0 < children.length ? children[position]! : 0;
      if (child === 0) return null;
      if (child < 0) return results[-1 - child]!;
      ({ part, lowest, children } = tests[child - 1]!);
    }
  }

  /** Files a result under the contents of the parts observed, which begin with the thread's stack. */
  add(thread: number, numbers: Int32Array, observed: readonly number[], result: StepResult): void {
    let test = this.tests[thread]!;
    for (const part of observed.slice(1)) {
      const at = place(test, numbers[test.part]!);
      if (test.children[at] === 0) {
        this.tests.push({ part, lowest: numbers[part]!, children: new Int32Array(1) });
        test.children[at] = this.tests.length;
      }
      test = this.tests[test.children[at]! - 1]!;
      if (test.part !== part) throw new Error('a step depends on something that it does not say it observed');
    }
    const at = place(test, numbers[test.part]!);
    if (test.children[at] !== 0) throw new Error('a step depends on something that it does not say it observed');
    this.results.push(result);
    test.children[at] = -this.results.length;
  }
}

/** The position of the child for a number; makes room for it. */
function place(test: Test, number: number): number {
  const { lowest, children } = test;
  if (number < lowest || number >= lowest + children.length) {
    const first = number < lowest ? Math.max(0, Math.min(number, lowest - children.length)) : lowest;
    const end = Math.max(number + 1, lowest + children.length * (number < lowest ? 1 : 2));
    test.children = new Int32Array(end - first);
    test.children.set(children, lowest - first);
    test.lowest = first;
  }
  return number - test.lowest;
}
