import { segmentsOf } from '../system/segments.js';
import { StateStore } from '../explore/stateStore.js';
import { withSharingAssumptions } from '../explore/sharingAssumptions.js';
import type { Interpreter } from '../system/interpreter.js';
import type { LinkedFunction, LinkedSystem } from '../system/linkedSystem.js';
import { pathAt } from '../system/pathAt.js';
import { constantBase, isErrorWord, nullPage, payloadOf, tagOf, tagPointer } from '../system/word.js';

/** One kernel operation as the language sees it. */
export interface OperationLabel {
  /** For example `idr_alloc(tee_device.idr) = id`, `kzalloc = NULL`. */
  readonly text: string;
  /** Struct tag of the object it works on first, or ''. */
  readonly tag: string;
}

/** A nondeterministic automaton over operation labels; state 0 is initial, every state accepts (prefixes are words too). */
export interface OperationAutomaton {
  readonly states: number;
  readonly edges: readonly { readonly from: number; readonly label: OperationLabel | null; readonly to: number }[];
}

/**
 * The sequences of kernel operations a system can make, as an automaton: calls of kernel API functions with the roles of their
 * objects (struct tag and cell, not which object), their outcomes, and choices of the environment. Plain memory accesses and
 * calls among the analysed functions do not show.
 *
 * Meant for one entry point run alone: the number of states is that of the system.
 */
export function operationLanguage(system: LinkedSystem): OperationAutomaton {
  return withSharingAssumptions(system, true, (interpreter) => explore(interpreter));
}

/** The automaton with the labels that `keep` refuses made silent: to compare per object, keep those of one tag. */
export function projected(automaton: OperationAutomaton, keep: (label: OperationLabel) => boolean): OperationAutomaton {
  return {
    ...automaton,
    edges: automaton.edges.map((edge) => (edge.label && !keep(edge.label) ? { ...edge, label: null } : edge)),
  };
}

function explore(interpreter: Interpreter): OperationAutomaton {
  const { system } = interpreter;
  const store = new StateStore(segmentsOf(system));
  const initial = interpreter.initialState();
  store.insert(initial, interpreter.changed, 0);
  const labels: OperationLabel[] = [];
  observe(system, interpreter, labels);
  const edges: { from: number; label: OperationLabel | null; to: number }[] = [];
  let extra = -1;
  const current = new Int32Array(system.width);
  const add = (from: number, word: readonly OperationLabel[], to: number) => {
    let at = from;
    word.forEach((label, index) => {
      const next = index === word.length - 1 ? to : extra--;
      edges.push({ from: at, label, to: next });
      at = next;
    });
    if (word.length === 0) edges.push({ from, label: null, to });
  };
  for (let state = 0; state < store.size; state += 1) {
    store.load(state, current);
    let enabled = false;
    for (const thread of system.threads) {
      interpreter.forceChoices([]);
      do {
        interpreter.words.set(current);
        labels.length = 0;
        const status = interpreter.step(thread.index);
        if (status === 'waits') continue;
        enabled = true;
        const word = [...labels];
        for (const { property, tag, cell } of interpreter.violations)
          word.push({ text: `broken: ${property} ${tag}.${cell}`, tag });
        if (status === 'done') {
          const number = store.insert(interpreter.words, interpreter.changed, interpreter.changes);
          add(state, word, number < 0 ? -1 - number : number);
        } else add(state, [...word, { text: status, tag: '' }], extra--);
      } while (interpreter.nextFork());
    }
    if (!enabled) add(state, [{ text: 'end', tag: '' }], extra--);
  }
  // Intermediate states were numbered downwards from -1: move them behind the states of the store.
  const shift = (id: number) => (id < 0 ? store.size - 1 - id : id);
  return {
    states: store.size - 1 - extra,
    edges: edges.map(({ from, label, to }) => ({ from: shift(from), label, to: shift(to) })),
  };
}

function observe(system: LinkedSystem, interpreter: Interpreter, labels: OperationLabel[]): void {
  const role = (word: number): { text: string; tag: string } | null => {
    const at = payloadOf(word);
    if (tagOf(word) !== tagPointer || at < nullPage || at >= constantBase) return null;
    const object = system.objects.find(({ header, layout }) => at > header && at <= header + layout.size);
    if (!object) return null;
    const path =
      at === object.header + 1 ? '' : pathAt(system, object.layout, at - object.header - 1).replace(/\[\d+\]/g, '[]');
    return { text: path === '' ? object.tag : `${object.tag}.${path}`, tag: object.tag };
  };
  const isOperation = (fn: LinkedFunction) =>
    fn.definition.origin === 'kernel' && !fn.definition.entry && !fn.definition.name.startsWith('__');
  const open: { fn: LinkedFunction; text: string; tag: string }[] = [];
  interpreter.observer = {
    call: (_thread, node, callee, args) => {
      if (!isOperation(callee) || node.function.definition.origin === 'kernel') return;
      const roles = args.map(role).filter((found) => found !== null);
      const text = `${callee.definition.name}(${roles.map((found) => found.text).join(', ')})`;
      const tag = roles[0]?.tag ?? '';
      open.push({ fn: callee, text, tag });
      labels.push({ text, tag });
    },
    return: (_thread, node, value) => {
      const last = open.at(-1);
      if (last?.fn !== node.function) return;
      open.pop();
      if (last.fn.definition.returns.kind !== 'void')
        labels.push({ text: `${last.text} = ${outcomeOf(value)}`, tag: last.tag });
    },
    node: (_thread, { node }) => {
      if (node.kind === 'limit') labels.push({ text: `limit: ${node.what}`, tag: '' });
    },
    choice: (_thread, node, alternative) =>
      labels.push({ text: `${node.node.kind === 'choose' ? node.node.name : ''}: ${alternative}`, tag: '' }),
  };
}

function outcomeOf(word: number): string {
  if (tagOf(word) === tagPointer) return 'pointer';
  if (isErrorWord(word)) return String(payloadOf(word));
  return word === 0 ? '0' : 'not 0';
}
