import { printErrno } from '../../models/program/errno.js';
import type { IntType } from '../../models/program/intType.js';
import type { Node, NodeId, Program } from '../../models/program/program.js';
import type { FlowContext, Questions } from './numberFlow.js';
import { NumberFlow } from './numberFlow.js';
import type { NumberTest, Representatives } from './numberTests.js';
import { representatives } from './numberTests.js';

/** Programs without unknown numbers, and where that loses behaviour. */
export interface KnownNumbers {
  readonly programs: ReadonlyMap<string, Program>;
  /** One sentence each. */
  readonly approximations: readonly string[];
}

/** Tried for a number that is not only compared with constants. */
const smallNumbers: readonly number[] = [0, 1, 2];

/**
 * Puts choices in the place of unknown numbers (nodes of kind `opaque`): as few values as the code tells apart.
 *
 * A number is followed through variables, fields, calls and returns of all programs (`NumberFlow`). Each way to answer every
 * test that is made of it gets one value; a number that is only passed on gets one. Whoever reads the same place again reads
 * the same number. Where a number is also used in a way that is no test of it alone, or too many values differ, some are left
 * out, and an approximation says so. During setup the first value is taken.
 */
export function chooseNumbers(programs: ReadonlyMap<string, Program>, context: FlowContext): KnownNumbers {
  const unknown = [...programs.values()].filter(({ nodes }) => nodes.some(({ kind }) => kind === 'opaque'));
  if (unknown.length === 0) return { programs, approximations: [] };
  const flow = new NumberFlow(programs, context);
  const known = new Map(programs);
  const approximations = new Set<string>();
  const tried = new Map<Questions, Map<IntType, Representatives>>();
  const representativesOf = (questions: Questions, type: IntType, extra: readonly number[]): Representatives => {
    const ofType = tried.get(questions) ?? new Map<IntType, Representatives>();
    tried.set(questions, ofType);
    const known = ofType.get(type) ?? representatives(type, questions.tests, extra);
    ofType.set(type, known);
    return known;
  };
  for (const program of unknown) {
    const nodes: Node[] = [...program.nodes];
    program.nodes.forEach((node, id) => {
      if (node.kind !== 'opaque') return;
      const questions = flow.questions(program, node.dst);
      const extra = questions.more.length > 0 ? smallNumbers.filter((value) => allows(node.type, value)) : [];
      const found = representativesOf(questions, node.type, extra);
      replace(nodes, id, node, found, questions);
      if (questions.more.length > 0 || found.incomplete)
        approximations.add(approximation(program, node, found, questions));
      if (found.values.length > 1 && flow.isInSetup(program))
        approximations.add(`${placeOf(program, node)} is unknown, setup takes ${found.values[0]!} only`);
    });
    known.set(program.definition.name, { ...program, nodes });
  }
  return { programs: known, approximations: [...approximations] };
}

function allows(type: IntType, value: number): boolean {
  return type !== 'bool' || value < 2;
}

function replace(
  nodes: Node[],
  id: NodeId,
  node: Node & { kind: 'opaque' },
  { values }: Representatives,
  { tests, more }: Questions,
): void {
  const { dst, span, next } = node;
  const assignment = (value: number): Node => ({
    kind: 'assign',
    dst,
    value: { kind: 'int', value, text: String(value) },
    next,
    span,
  });
  const [only, ...others] = values;
  if (others.length === 0) {
    nodes[id] = assignment(only!);
    return;
  }
  const alternatives = values.map((value) => {
    nodes.push(assignment(value));
    return { name: nameOf(node.what, value, more.length > 0 ? [] : tests), fault: false, next: nodes.length - 1 };
  });
  nodes[id] = { kind: 'choose', name: node.what, opaque: true, alternatives, span };
}

/** `size >= 1` where that one test is all that is asked, else the value. */
function nameOf(what: string, value: number, tests: readonly NumberTest[]): string {
  const [only] = tests;
  if (new Set(tests.map(({ text }) => text)).size !== 1 || !only || only.text === null)
    return `${what} = ${printErrno(value)}`;
  const text = only.text.replace('?', () => what);
  return only.truth(value) === 0 ? `not ${text}` : text;
}

function approximation(
  program: Program,
  node: Node & { kind: 'opaque' },
  { values }: Representatives,
  { more }: Questions,
): string {
  const why = more.length > 0 ? more.join('; ') : 'the code tells more values apart';
  return `${placeOf(program, node)} is unknown, only ${values.join(', ')} are tried: ${why}`;
}

function placeOf({ definition }: Program, { what, span }: Node & { kind: 'opaque' }): string {
  const line = span.line === undefined ? '' : ` in line ${span.line}`;
  return `${definition.name} (under): '${what}'${line}`;
}
