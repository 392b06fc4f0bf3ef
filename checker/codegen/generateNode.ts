import { builtins } from '../../models/kernel/builtins.js';
import { destinationOf } from '../../models/program/checkProgram.js';
import { printNode } from '../../models/program/printProgram.js';
import { unreachable } from '../../models/base/unreachable.js';
import type { Operand } from '../../models/program/program.js';
import type { LinkedFunction, LinkedNode, LinkedSystem } from '../system/linkedSystem.js';
import { ModelError } from '../system/modelError.js';
import type { Operation } from '../system/operation.js';
import { compileOperation, forcedOutcomeOf } from '../system/operation.js';
import { integer, tagFunction, uninitialised } from '../system/word.js';
import type { OperandGenerator } from './generateOperand.js';
import { comparesPointers } from './generateOperand.js';
import { comment } from './comment.js';
import type { Names } from './names.js';

/** What the text of a node may refer to. */
export interface NodeContext {
  readonly system: LinkedSystem;
  readonly operands: OperandGenerator;
  readonly names: Names;
}

const accessNumbers = { plain: 0, marked: 1, atomic: 2 } as const;
/** Frames up to this size are cleared word by word. */
const unrolled = 24;

/**
 * The text of one node: a `case` in its function's `switch (pc)`. It falls through to the next node if that comes next, else it
 * jumps there; where the step ends it returns 0, and behind the function's end 1. `follows`: the node before falls through.
 */
export function generateNode(context: NodeContext, linked: LinkedNode, follows: boolean): string {
  const { node } = linked;
  const moved = follows && mayWait(context, linked) ? '      moved = 1;\n' : '';
  const line = node.span.line === undefined ? '' : `  // line ${node.span.line}`;
  const body = indented(bodyOf(context, linked), '        ');
  return `${moved}      case ${linked.id}: // ${comment(printNode(node))}${line}\n${body}`;
}

/** Whether the text of a node ends by falling through to the next one. */
export function fallsThrough({ node, id }: LinkedNode): boolean {
  switch (node.kind) {
    case 'return':
    case 'choose':
    case 'report':
      return false;
    case 'branch':
      return node.then === id + 1 || node.otherwise === id + 1;
    default:
      return node.next === id + 1;
  }
}

function mayWait({ system, names }: NodeContext, { node, id }: LinkedNode): boolean {
  if (node.kind === 'event') return names.waits(compiled(system, id).table!);
  if (node.kind !== 'call') return node.kind === 'await';
  const callee = system.functions[system.functionIndex.get(node.callee) ?? -1];
  return callee !== undefined && callee.atomic && callee.mayWait;
}

/** What the interpreter resolves of a node; nothing is evaluated here. */
function compiled(system: LinkedSystem, id: number): Operation {
  return compileOperation(system, system.nodes[id]!, () => () => 0);
}

function bodyOf(context: NodeContext, linked: LinkedNode): string {
  const { operands, names, system } = context;
  const { node, id, function: fn } = linked;
  const word = (operand: Operand) => operands.word(fn, operand);
  const written = destinationOf(node);
  const into = (text: string) => (written === null ? '' : `w[fp + ${fn.slots.get(written)!}] = ${text};\n`);
  const covered = `edges[${linked.firstEdge}] = 1;\n`;
  const onward = 'next' in node ? covered + jump(id, node.next) : '';
  const stop = `return stop(fp, ${id});`;
  switch (node.kind) {
    case 'assign':
      return into(word(node.value)) + onward;
    case 'load':
      return (
        `a = ${word(node.address)};\n` +
        `if (touch(a, false, ${accessNumbers[node.access]}, ${id}) === 0) ${stop}\n${into('load(a)')}${onward}`
      );
    case 'store': {
      const notes = fn.definition.origin !== 'environment';
      return (
        `a = ${word(node.address)};\n` +
        `if (touch(a, true, ${accessNumbers[node.access]}, ${id}) === 0) ${stop}\n` +
        `store(a, ${word(node.value)}, ${notes});\n${onward}`
      );
    }
    case 'await':
      return (
        `a = ${word(node.address)};\n` +
        `if (touch(a, false, 2, ${id}) === 0) ${stop}\n` +
        `if (load(a) === 0) {\n  wait(moved);\n  ${stop}\n}\n${onward}`
      );
    case 'event': {
      if (node.args.some(comparesPointers)) return 'throw bail;\n';
      const operation = compiled(system, id);
      const argument = operation.parameter === 2 ? `(${word(node.args[0]!)} >> 2)` : 's[threadAt]';
      const column = operation.parameter === 0 ? operation.column : `${operation.column} + ${argument}`;
      const order = node.event === 'lock' ? `noteLockOrder(a, ${id});\n` : '';
      return (
        `a = ${word(node.cell)};\n` +
        `if (${names.event(operation.table!)}(a, ${column}, moved) === 0) ${stop}\n` +
        `${order}${into('s[resultAt] << 2')}${onward}`
      );
    }
    case 'call': {
      const forced = forcedOutcomeOf(system, fn, node.callee);
      if (forced !== null) return into(String(integer(forced))) + onward;
      if (node.callee === '__lock_has_waiters') return into(`hasWaiters(${word(node.args[0]!)})`) + onward;
      if (builtins.has(node.callee)) return 'throw bail;\n';
      const callee = system.functions[system.functionIndex.get(node.callee)!]!;
      if (node.args.length !== callee.parameterSlots.length) return 'throw bail;\n';
      if (node.args.some(comparesPointers) && !isCalledAtOnce(callee)) return 'throw bail;\n';
      return callText(context, linked, callee, node.args.map(word)) + jump(id, node.next);
    }
    case 'callIndirect': {
      if ([node.target, ...node.args].some(comparesPointers)) return 'throw bail;\n';
      const frame = `fp + ${fn.frameSize}`;
      const args = node.args.map((argument) => `, ${word(argument)}`).join('');
      return (
        `a = ${word(node.target)};\nif ((a & 3) !== ${tagFunction}) throw bail;\nw[fp] = ${integer(id + 1)};\n` +
        `if (${names.callAny(node.args.length)}(a, fp, ${frame}, moved${args}) === 0) return 0;\n` +
        `${deadDuringCall(linked)}${covered}` +
        `if (run((a >> 2) - 1, ${frame}, entryOf[(a >> 2) - 1], 1) === 0) return 0;\n${jump(id, node.next)}`
      );
    }
    case 'branch': {
      const test = operands.test(fn, node.condition);
      const [yes, no] = [linked.firstEdge, linked.firstEdge + 1];
      if (node.then === id + 1)
        return `if (!${test}) {\n  edges[${no}] = 1;\n${indented(jump(id, node.otherwise, true), '  ')}}\nedges[${yes}] = 1;\n`;
      return `if (${test}) {\n  edges[${yes}] = 1;\n${indented(jump(id, node.then, true), '  ')}}\nedges[${no}] = 1;\n${jump(id, node.otherwise)}`;
    }
    case 'choose': {
      const { alternatives } = node;
      const take = (offered: readonly number[]): string => {
        if (offered.length === 0) return 'throw bail;\n';
        const cases = offered.map((index, position) => {
          const { fault, next, name } = alternatives[index]!;
          const counted = fault && system.faultCounter >= 0 ? '    countFault();\n' : '';
          return (
            `  ${position === offered.length - 1 ? 'default' : `case ${position}`}: // ${comment(name)}\n${counted}` +
            `    edges[${linked.firstEdge + index}] = 1;\n${indented(jump(id, next, true), '    ')}`
          );
        });
        return `switch (decide(${offered.length})) {\n${cases.join('')}}\n`;
      };
      const all = alternatives.map((_, index) => index);
      const early = `if (s[visibleAt] !== 0 && s[atomicAt] === 0) ${stop}\n`;
      if (system.faultCounter < 0) return early + take(all);
      const allowed = all.filter((index) => !alternatives[index]!.fault);
      return `${early}if (noMoreFaults()) {\n${indented(take(allowed), '  ')}}\n${take(all)}`;
    }
    case 'alloc': {
      const operation = compiled(system, id);
      // Without a slot every allocation is a limit, and the interpreter tells of it.
      if (operation.pool![0]!.length === 0) return 'throw bail;\n';
      const values = operation.pool![0]![0]!.layout.values;
      const fill =
        node.zeroed || values.length === 0
          ? ''
          : `for (const offset of ${names.values(values)}) put(header[a] + 1 + offset, ${uninitialised});\n`;
      const starts = operation.pool!.map(([first]) => first!.index);
      const count = operation.pool![0]!.length;
      const isRegular = operation.pool!.every(
        (slots, thread) =>
          slots.length === count && slots.every(({ index }, at) => index === starts[0]! + thread * count + at),
      );
      if (!isRegular) throw new ModelError(`the slots of struct ${node.tag} are not in the order of threads`);
      return `a = allocate(${starts[0]!} + s[threadAt] * ${count}, ${count});\n${fill}${into('((header[a] + 1) << 2) | 1')}${onward}`;
    }
    case 'free':
      return `if (release(${word(node.pointer)}, ${node.stack}, ${fn.index}) === 0) ${stop}\n${onward}`;
    case 'report':
      return 'throw bail;\n';
    case 'limit':
      return node.ends ? 'throw bail;\n' : `noteLimit(${id});\n${onward}`;
    case 'return':
      return returnText(context, linked);
    case 'opaque':
      throw new ModelError(`${fn.definition.name}: the linker left the unknown number '${node.what}'`);
    default:
      return unreachable(node);
  }
}

/**
 * Nothing is looked at between the arguments of a call and their storing, and the step does not end there: so it does not matter
 * that generated code evaluates them a little earlier than the interpreter does.
 */
function isCalledAtOnce({ shared, mayWait: waits }: LinkedFunction): boolean {
  return shared.length === 0 && !waits;
}

/** A call: the callee's frame is begun by its `call_` function and run by its `run_` function. */
function callText({ names }: NodeContext, linked: LinkedNode, callee: LinkedFunction, args: readonly string[]): string {
  const { id, function: fn } = linked;
  const frame = `fp + ${fn.frameSize}`;
  return (
    `w[fp] = ${integer(id + 1)};\n` +
    `if (${names.call(callee)}(${['fp', frame, 'moved', ...args].join(', ')}) === 0) return 0;\n` +
    `${deadDuringCall(linked)}edges[${linked.firstEdge}] = 1;\nif (${names.run(callee)}(${frame}, ${callee.entry}, 1) === 0) return 0;\n`
  );
}

function deadDuringCall(linked: LinkedNode): string {
  return linked.deadDuringCall.map((slot) => `w[fp + ${slot}] = 0;\n`).join('');
}

function returnText({ names, operands }: NodeContext, linked: LinkedNode): string {
  const { node, function: fn } = linked;
  if (node.kind !== 'return') throw new ModelError('return expected');
  const lines = [`a = ${node.value === null ? '0' : operands.word(fn, node.value)};`];
  for (const binding of fn.onReturn) lines.push(`${names.monitor(binding)}(fp, a);`);
  if (fn.checksOutputsOf >= 0)
    lines.push(`if ((a & 3) === 0 && a >= 0) mustHaveOutputs(w[fp + ${fn.parameterSlots[fn.checksOutputsOf]!}]);`);
  for (const { field, slot } of fn.returnChecks) lines.push(`mustReturn(a, ${field}, w[fp + ${slot}]);`);
  lines.push('b = w[fp + 1] >> 2;');
  if (fn.frameSize <= unrolled)
    lines.push(`${Array.from({ length: fn.frameSize }, (_, at) => `w[fp + ${at}]`).join(' = ')} = 0;`);
  else lines.push(`for (let at = fp; at < fp + ${fn.frameSize}; at += 1) w[at] = 0;`);
  lines.push('w[s[baseAt]] = b << 2;');
  if (fn.atomic) lines.push('if (s[atomicAt] === fp) s[atomicAt] = 0;');
  if (fn.definition.name === 'syscall_exit') lines.push('s[visibleAt] = 1;');
  lines.push(`edges[${linked.firstEdge}] = 1;`, 'return leave(b, a);');
  return `${lines.join('\n')}\n`;
}

/** On to another node; nothing if it comes next anyway. */
function jump(from: number, to: number, always = false): string {
  if (to === from + 1 && !always) return '';
  return `${to <= from ? 'again();\n' : ''}pc = ${to};\ncontinue;\n`;
}

/** Lines, each ended by a line break, moved to the right. */
function indented(text: string, by: string): string {
  return text === '' ? '' : `${by}${text.slice(0, -1).replaceAll('\n', `\n${by}`)}\n`;
}
