import type { OperationAutomaton } from './operationLanguage.js';

/** A shortest word that one automaton has and the other has not. */
export interface LanguageDifference {
  readonly word: readonly string[];
  readonly onlyIn: 'first' | 'second';
}

/**
 * Compares the languages of two automata; null if they are equal.
 *
 * Walks the pairs of reachable subsets (subset construction on demand, breadth first), so the difference is a shortest one.
 * Exponential in the worst case; automata of single entry points are small.
 */
export function compareLanguages(first: OperationAutomaton, second: OperationAutomaton): LanguageDifference | null {
  const [a, b] = [new Determinised(first), new Determinised(second)];
  const start = { left: a.start(), right: b.start(), word: [] as string[] };
  const queue = [start];
  const seen = new Set([`${start.left.key}|${start.right.key}`]);
  for (let head = 0; head < queue.length; head += 1) {
    const { left, right, word } = queue[head]!;
    const labels = new Set([...left.moves.keys(), ...right.moves.keys()]);
    for (const label of [...labels].sort()) {
      const nextLeft = left.moves.get(label);
      const nextRight = right.moves.get(label);
      const longer = [...word, label];
      if (!nextLeft || !nextRight) return { word: longer, onlyIn: nextLeft ? 'first' : 'second' };
      const pair = { left: a.subset(nextLeft), right: b.subset(nextRight), word: longer };
      const key = `${pair.left.key}|${pair.right.key}`;
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(pair);
    }
  }
  return null;
}

interface Subset {
  readonly key: string;
  /** States reached by each label, before following silent edges. */
  readonly moves: ReadonlyMap<string, readonly number[]>;
}

class Determinised {
  private readonly silent = new Map<number, number[]>();
  private readonly labelled = new Map<number, { label: string; to: number }[]>();
  private readonly subsets = new Map<string, Subset>();

  constructor(automaton: OperationAutomaton) {
    for (const { from, label, to } of automaton.edges) {
      if (label === null) append(this.silent, from, to);
      else append(this.labelled, from, { label: label.text, to });
    }
  }

  start(): Subset {
    return this.subset([0]);
  }

  subset(states: readonly number[]): Subset {
    const closed = new Set<number>();
    const work = [...states];
    for (let state = work.pop(); state !== undefined; state = work.pop()) {
      if (closed.has(state)) continue;
      closed.add(state);
      work.push(...(this.silent.get(state) ?? []));
    }
    const key = [...closed].sort((x, y) => x - y).join(',');
    let subset = this.subsets.get(key);
    if (!subset) {
      const moves = new Map<string, number[]>();
      for (const state of closed) {
        for (const { label, to } of this.labelled.get(state) ?? []) {
          const targets = moves.get(label) ?? [];
          if (!targets.includes(to)) targets.push(to);
          moves.set(label, targets);
        }
      }
      this.subsets.set(key, (subset = { key, moves }));
    }
    return subset;
  }
}

function append<T>(map: Map<number, T[]>, key: number, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
