import type { CType } from '../../models/program/cType.js';
import type { IntType } from '../../models/program/intType.js';
import type { Node, Program } from '../../models/program/program.js';
import type { StructField } from '../../models/types/structType.js';
import type { TypeEnvironment } from './typeInference.js';
import { fieldAt, inferVariableTypes } from './typeInference.js';

/** Widths and signedness of the scalars that the structs of system calls are made of. */
const scalars: Readonly<Record<string, IntType>> = {
  bool: 'bool',
  char: 's8',
  short: 's16',
  int: 's32',
  long: 's64',
  size_t: 'u64',
};

/**
 * Programs in which user space fills in what nobody chose: a field of a struct with documented directions that analysed code
 * loads, that is not only output, and that no environment function ever stores. Where the environment makes such a struct,
 * the field gets an unknown number, so that it stays the same wherever it is copied to.
 *
 * Left out: fields that are structs or arrays, structs inside others, and global ones, which are zero.
 */
export function fillUserInput(
  programs: ReadonlyMap<string, Program>,
  environment: TypeEnvironment,
): ReadonlyMap<string, Program> {
  const makers = [...programs.values()].filter(
    ({ definition, nodes }) =>
      definition.origin === 'environment' &&
      nodes.some((node) => node.kind === 'alloc' && inputsOf(node.tag, environment).length > 0),
  );
  if (makers.length === 0) return programs;
  const loaded = new Set<string>();
  const chosen = new Set<string>();
  for (const program of programs.values()) noteFields(program, environment, loaded, chosen);
  const filled = new Map(programs);
  for (const maker of makers) {
    const unchosen = (tag: string) =>
      inputsOf(tag, environment).filter(({ name }) => loaded.has(`${tag}.${name}`) && !chosen.has(`${tag}.${name}`));
    filled.set(maker.definition.name, fill(maker, unchosen));
  }
  return filled;
}

function noteFields(program: Program, environment: TypeEnvironment, loaded: Set<string>, chosen: Set<string>): void {
  const { name, origin } = program.definition;
  if (origin === 'kernel') return;
  let types: ReadonlyMap<string, CType> | null = null;
  for (const node of program.nodes) {
    if (node.kind !== (origin === 'environment' ? 'store' : 'load')) continue;
    types ??= inferVariableTypes(program, environment);
    const field = fieldAt(node.address, types, environment, name);
    if (field) (node.kind === 'store' ? chosen : loaded).add(`${field.tag}.${field.name}`);
  }
}

/** The numbers that a struct takes from user space; none if its documentation does not say that it does. */
function inputsOf(tag: string, environment: TypeEnvironment): readonly StructField[] {
  const fields = environment.struct(tag)?.fields ?? [];
  if (!fields.some(({ documented }) => documented !== undefined)) return [];
  return fields.filter(({ type, documented }) => type.kind === 'int' && documented !== 'out');
}

function fill(program: Program, unchosen: (tag: string) => readonly StructField[]): Program {
  const nodes: Node[] = [...program.nodes];
  const variables = [...program.variables];
  program.nodes.forEach((node, id) => {
    if (node.kind !== 'alloc') return;
    let { next } = node;
    const { span } = node;
    for (const { name, type } of unchosen(node.tag).toReversed()) {
      const dst = `${node.dst}.${name} (user)`;
      if (!variables.some((variable) => variable.name === dst)) variables.push({ name: dst, type });
      const address = { kind: 'member', base: { kind: 'local', name: node.dst }, path: [name] } as const;
      nodes.push({ kind: 'store', address, value: { kind: 'local', name: dst }, access: 'plain', next, span });
      nodes.push({
        kind: 'opaque',
        dst,
        what: `${node.dst}.${name}`,
        type: intTypeOf(type),
        next: nodes.length - 1,
        span,
      });
      next = nodes.length - 1;
    }
    nodes[id] = { ...node, next };
  });
  return { ...program, nodes, variables };
}

/** By the C name: `u32`, `__s64`, `int`; 64 bits without a sign where the name says nothing. */
function intTypeOf(type: CType): IntType {
  const name = type.kind === 'int' ? type.name : '';
  const sized = /^(?:__)?([us](?:8|16|32|64))$/.exec(name);
  return sized ? (sized[1] as IntType) : (scalars[name] ?? 'u64');
}
