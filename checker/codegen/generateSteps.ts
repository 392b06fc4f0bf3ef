import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import { unreachable } from '../../models/base/unreachable.js';
import type { Operand } from '../../models/program/program.js';
import { operandsOf } from '../../models/program/checkProgram.js';
import { headerReturned, headerShared } from '../system/header.js';
import type { LinkedBinding, LinkedFunction, LinkedSystem } from '../system/linkedSystem.js';
import { compileOperation } from '../system/operation.js';
import { segmentsOf } from '../system/segments.js';
import { constantBase, functionWord, integer, nullPage, tagFunction, uninitialised } from '../system/word.js';
import type { EvaluatedOperand } from './generateOperand.js';
import { comment } from './comment.js';
import { operandGenerator } from './generateOperand.js';
import { fallsThrough, generateNode } from './generateNode.js';
import { Names } from './names.js';
import { prelude } from './prelude.js';
import { objectTags } from './stepTables.js';

/** JavaScript that makes steps of one system. */
export interface GeneratedSteps {
  /**
   * Body of a function of `environment` (see `StepEnvironment` in `generatedInterpreter.ts`) that returns `{ step, undo, assume }`.
   */
  readonly text: string;
  /** Operands that the text calls as `evaluated[n](fp)`. */
  readonly evaluated: readonly EvaluatedOperand[];
}

/** The generated text of a system, for people. */
export function printGenerated(system: LinkedSystem): string {
  return generateSteps(system).text;
}

/**
 * Generates the successor function of a system as JavaScript text.
 *
 * One JavaScript function per kernel function, with one `case` per node; words are written exactly as the interpreter writes
 * them, so a step can begin and end at any node. What is off the healthy path (a violation, a value that nobody wrote, a bound)
 * throws `bail`: the step is taken back and left to the interpreter.
 */
export function generateSteps(system: LinkedSystem): GeneratedSteps {
  const operands = operandGenerator(system);
  const names = new Names();
  const context = { system, operands, names };
  const runs = system.functions.map((fn) => {
    let follows = false;
    const nodes = fn.program.nodes.map((_, index) => {
      const linked = system.nodes[fn.entry + index]!;
      const text = generateNode(context, linked, follows);
      follows = fallsThrough(linked);
      return text;
    });
    return `
/** ${comment(`${fn.definition.name}, ${fn.definition.file}, ${fn.definition.origin}. Frame: ${frameOf(fn)}.`)} */
function ${names.run(fn)}(fp, pc, moved) {
  let a = 0, b = 0;
  for (; ; moved = 1)
    switch (pc) {
${nodes.join('')}      default:
        throw bail;
    }
}
`;
  });
  const calls = system.functions.map((fn) => callFunction(system, names, fn));
  const callees = addressTaken(system);
  calls.push(...[...names.arities].map((args) => callAnyFunction(names, callees, args)));
  const waiting = waitsOn(system, operands);
  const monitors: string[] = [];
  // A monitor's function needs tables only, so that the list does not grow meanwhile.
  for (const [index, binding] of names.monitors.entries())
    monitors.push(monitorFunction(system, names, binding, index));
  const events = [...names.events].map((table) => eventFunction(names, table));
  const dispatch = system.functions.map(
    (fn) => `    case ${fn.index}:\n      return ${names.run(fn)}(fp, pc, moved);\n`,
  );
  const tables = [...names.tables].map(([name, table]) => tableText(name, table));
  const lists = [...names.lists].map(([name, offsets]) => `const ${name} = [${offsets.join(', ')}];\n`);
  const text = [
    head(system),
    prelude({
      ...memoryStates(system),
      keepFreed: system.options.assumeFixed.length > 0,
      faultCounter: system.faultCounter,
      objects: system.objects.length,
      threads: system.threads.length,
      segments: segmentsOf(system).length,
    }),
    '\n// ---- lifecycles: by state and event the next state (-1: it waits, -2: out of bounds), what it returns, 1 if it is forbidden\n',
    ...tables,
    ...events,
    '\n// ---- monitors ----\n',
    ...monitors,
    '\n// ---- functions: how they are called ----\n',
    ...lists,
    ...calls,
    waiting,
    '\n// ---- functions: what they do ----\n',
    ...runs,
    `
/** Runs the function of a frame from a node on: 0 when the step ends inside, 1 when the function has returned. */
function run(fn, fp, pc, moved) {
  switch (fn) {
${dispatch.join('')}    default:
      throw bail;
  }
}

/** Takes other assumptions about shared words (\`SharedWords\`). */
function assume(shared) {
  levels = shared.level;
  owners = shared.owner;
  locksets = shared.lockset;
}

return { step, undo, assume };
`,
  ].join('');
  return { text, evaluated: operands.evaluated };
}

function head({ revision, scenario, threads }: LinkedSystem): string {
  return `'use strict';
// ${comment(`Steps of '${scenario.id}' on ${revision.id}, threads ${threads.map(({ name }) => name).join(', ')}.`)}
//
// w holds the state as words: the two low bits are 0 for a number, 1 for a pointer (a word address), 2 for a function, 3 for a value
// that nobody wrote or a number too large; the rest is the payload. A frame is: node to run + 1, caller's frame, variables.
// run_f(fp, pc, moved) runs f's frame at fp from node pc on; moved is 0 until the step has run a node. It returns 0 where the step
// ends and 1 when f has returned. call_f begins a frame of f; 0 means that the step ends in front of the call.
// Whatever a step cannot do throws bail: then undo() has restored the words, and the interpreter makes the step.
const {
  // The state; numbers of the running step; words outside frames with what they held before; the frames before the step.
  w, s, log, before, savedFrame, work,
  // What the step reports.
  isChanged, changed, isObserved, observed, accesses, visibleLog, lockEdges, edges, choices, arity,
  // By word address.
  objectAt, segmentAt, outputAt, isGhost, isOutput, freeBreaks, brokenByFree,
  // By object; further parts of one end where those of the next one begin.
  header, size, tagOf, isStatic, isTask, furtherParts,
  // By node.
  functionOf, callResult, callNext, deadFrom, dead,
  // By function.
  frameSize, entryOf, isKernel, isEntry,
  // By thread.
  taskOf, baseOf, stackEndOf,
  // By lock.
  lockAddress, lockHeader, lockStates, lockSpins, lockName, lockHolder,
  // By slot of an IDR.
  idCell, idPointer, idPublished,
  constants, faults, evaluated, noteLimit, bail,
} = environment;
// By word address: what is assumed of it while it is shared, by whom and under which locks it was used.
let levels, owners, locksets;
`;
}

function frameOf(fn: LinkedFunction): string {
  const slots = [...fn.slots].map(([name, slot]) => `${slot} ${name}`).join(', ');
  return slots === '' ? 'no variables' : slots;
}

function memoryStates({ memory }: LinkedSystem): { live: number; freed: number } {
  const live = memory.next[memory.column.get('alloc')!]!;
  return { live, freed: memory.next[live * memory.events.length + memory.column.get('free')!]! };
}

function tableText(name: string, table: LifecycleTable): string {
  const columns = table.events.length;
  const rows = (values: ArrayLike<number>) =>
    table.states
      .map((state, row) => {
        const cells = Array.from({ length: columns }, (_, column) => values[row * columns + column]);
        return `  ${cells.join(', ')}, // ${comment(state)}\n`;
      })
      .join('');
  const events = table.events.map(({ type, value }) => (value === null ? type : `${type} ${value}`)).join(', ');
  return `
// Events: ${events}
const next_${name} = Int32Array.of(
${rows(table.next)});
const result_${name} = Int32Array.of(
${rows(table.result)});
const breaks_${name} = Uint8Array.of(
${rows(table.violates.map((property) => (property === null ? 0 : 1)))});
`;
}

function eventFunction(names: Names, table: LifecycleTable): string {
  const name = names.table(table);
  return `
/** An event on the ${table.lifecycle.id} at the word \`address\`; 0 if the step stops in front of it. */
function ${names.event(table)}(address, column, moved) {
  const o = place(address);
  if (o < 0) return 0;
  const at = address >> 2;
  const state = w[at] >> 2;
  const cell = state * ${table.events.length} + column;
  const next = next_${name}[cell];
  if (next === -1) return wait(moved);
  if (!(next >= 0)) throw bail;
  if ((w[header[o]] & ${headerShared << 2}) !== 0) noteShared(at, next !== state, column);
  else if ((w[header[o]] & ${headerReturned << 2}) !== 0) noteReturned(at, next !== state, column);
  if (breaks_${name}[cell] !== 0) throw bail;
  put(at, next << 2);
  change(segmentAt[at]);
  s[resultAt] = result_${name}[cell];
  return 1;
}
`;
}

function monitorFunction(system: LinkedSystem, names: Names, linked: LinkedBinding, index: number): string {
  const { binding, table, slot, back, field, cell, column, outcomeSlot } = linked;
  const name = names.table(table);
  const none = system.objects.length;
  const outside = (at: string) => `${at} < ${nullPage} || ${at} >= ${constantBase}`;
  const decisive = outcomeSlot >= 0 ? `w[fp + ${outcomeSlot}]` : 'result';
  const given = slot === -1 ? 'result' : `w[fp + ${slot}]`;
  const follow =
    field < 0
      ? ''
      : `  const holder = (object >> 2) + ${field};
  if (${outside('holder')}) return;
  if (objectAt[holder] === ${none}) throw bail;
  observe(objectAt[holder]);
  observe(segmentAt[holder]);
  object = w[holder];
  if ((object & 3) !== 1) return;
`;
  return `
/** ${table.lifecycle.id}: ${binding.event} at the ${binding.when} of ${binding.function}. */
function monitor_${index}(fp, result) {
  ${outcomeTest(binding.outcome ?? 'any', decisive)}
  let object = ${slot === -2 ? 'currentTask()' : given};
  if ((object & 3) !== 1) return;
${follow}  const at = (object >> 2) - ${back};
  if (${outside('at')}) return;
  const o = objectAt[at];
  if (o === ${none}) throw bail;
  observe(o);
  if (tagOf[o] !== ${objectTags(system).indexOf(table.lifecycle.cType)} || w[header[o]] === 0) return;
  const ghost = header[o] + ${1 + cell};
  observe(segmentAt[ghost]);
  const entry = (w[ghost] >> 2) * ${table.events.length} + ${column};
  const next = next_${name}[entry];
  if (!(next >= 0) || breaks_${name}[entry] !== 0) throw bail;
  put(ghost, next << 2);
  change(segmentAt[ghost]);
}
`;
}

/** Returns unless the outcome is the one that the monitor watches. */
function outcomeTest(outcome: NonNullable<LinkedBinding['binding']['outcome']>, word: string): string {
  switch (outcome) {
    case 'any':
      return '';
    case 'true':
      return `if (${word} === 0) return;`;
    case 'false':
      return `if (${word} !== 0) return;`;
    case 'pointer':
      return `if (${word} === 0 || isError(${word})) return;`;
    case 'ok':
      return `if ((${word} & 3) === 0 && ${word} < 0) return;`;
    case 'error':
      return `if (!isError(${word})) return;`;
    default:
      return unreachable(outcome);
  }
}

function callFunction(system: LinkedSystem, names: Names, fn: LinkedFunction): string {
  const args = fn.parameterSlots.map((_, index) => `a${index}`);
  const lines: string[] = [];
  if (fn.atomic) {
    lines.push('const outermost = s[atomicAt] === 0;', 'let shared = false;', 'if (outermost) {');
    if (fn.shared.length > 0) lines.push(`  shared = ${fn.shared.map((at) => `isShared(a${at})`).join(' || ')};`);
    lines.push('  if (shared && s[visibleAt] !== 0) return 0;');
    lines.push(`  s[atomicAnyAt] = ${fn.sharedAny ? 1 : 0};`, '  s[savedChoicesAt] = -1;');
    if (fn.sharedAny) lines.push('  if (!shared && s[visibleAt] !== 0) remember(fp, frame);');
    lines.push('}');
  } else lines.push('if (s[atomicAt] !== 0) throw bail;');
  if (fn.sleeps) lines.push('mustHoldNoSpinlock();');
  if (fn.atomic && fn.mayWait) lines.push(...waitTests(system, names, fn));
  lines.push(`if (frame + ${fn.frameSize} > s[stackEndAt]) throw bail;`);
  lines.push(`if (frame + ${fn.frameSize} > s[highestAt]) s[highestAt] = frame + ${fn.frameSize};`);
  fn.parameterSlots.forEach((slot, index) => lines.push(`w[frame + ${slot}] = a${index};`));
  for (const slot of fn.unwrittenSlots) lines.push(`w[frame + ${slot}] = ${uninitialised};`);
  lines.push(`w[frame] = ${integer(fn.entry + 1)};`, 'w[frame + 1] = fp << 2;', 'w[s[baseAt]] = frame << 2;');
  if (fn.atomic) lines.push('if (outermost) {', '  s[atomicAt] = frame;', '  s[atomicSharedAt] = shared ? 1 : 0;', '}');
  for (const binding of fn.onCall) lines.push(`${names.monitor(binding)}(frame, 0);`);
  if (fn.checksOutputsOf >= 0) lines.push(`forgetOutputs(a${fn.checksOutputsOf});`);
  if (fn.definition.name === 'syscall_exit') lines.push('mustHoldNoLock();');
  lines.push('return 1;');
  return `
function ${names.call(fn)}(${['fp', 'frame', 'moved', ...args].join(', ')}) {
${lines.map((line) => `  ${line}\n`).join('')}}
`;
}

/** Calls through pointers. A function that may wait is not tested before it runs there, which is the interpreter's business. */
function callAnyFunction(names: Names, callees: readonly LinkedFunction[], count: number): string {
  const args = Array.from({ length: count }, (_, index) => `, a${index}`).join('');
  const cases = callees
    .filter(({ parameterSlots, atomic, mayWait }) => parameterSlots.length === count && !(atomic && mayWait))
    .map((fn) => `    case ${functionWord(fn.index)}:\n      return ${names.call(fn)}(fp, frame, moved${args});\n`);
  return `
function ${names.callAny(count)}(word, fp, frame, moved${args}) {
  switch (word) {
${cases.join('')}    default:
      throw bail;
  }
}
`;
}

/** An atomic function that may wait applies its waiting events to its arguments: that is tested before anything runs. */
function waitTests(system: LinkedSystem, names: Names, fn: LinkedFunction): string[] {
  const lines: string[] = [];
  fn.program.nodes.forEach((node, index) => {
    if (node.kind !== 'event') return;
    const { table, column, parameter } = compileOperation(system, system.nodes[fn.entry + index]!, () => () => 0);
    const position = fn.definition.parameters.findIndex(
      ({ name }) => node.cell.kind === 'local' && name === node.cell.name,
    );
    const at = `a${position}`;
    if (position < 0) lines.push('if (outermost) throw bail;');
    else {
      lines.push(
        `if (outermost && isLive(${at})) {`,
        `  observe(segmentAt[${at} >> 2]);`,
        `  const state = w[${at} >> 2] >> 2;`,
        `  const next = next_${names.table(table!)}[state * ${table!.events.length} + ${column}${parameter === 1 ? ' + s[threadAt]' : ''}];`,
        '  if (next === -1) return wait(moved);',
        '}',
      );
    }
  });
  return lines;
}

/** For each call of a function that may wait: its first argument, by node. */
function waitsOn(system: LinkedSystem, operands: ReturnType<typeof operandGenerator>): string {
  const cases = system.nodes.flatMap(({ id, node, function: fn }) => {
    if (node.kind !== 'call' || node.args.length === 0) return [];
    const callee = system.functions[system.functionIndex.get(node.callee) ?? -1];
    return callee?.mayWait ? [`    case ${id}:\n      return ${operands.word(fn, node.args[0]!)};\n`] : [];
  });
  return `
/** What the call at a node waits for, if it may wait: its first argument; else -1. */
function waitsOn(fp, node) {
  switch (node) {
${cases.join('')}    default:
      return -1;
  }
}
`;
}

/** Functions whose address some code or table holds. */
function addressTaken(system: LinkedSystem): LinkedFunction[] {
  const taken = new Set<number>();
  const take = (word: number | undefined): void => {
    if (word !== undefined && (word & 3) === tagFunction) taken.add(word);
  };
  const visit = (operand: Operand): void => {
    switch (operand.kind) {
      case 'symbol':
        return take(system.symbols.get(operand.name));
      case 'member':
      case 'containerOf':
        return visit(operand.base);
      case 'element':
      case 'offset':
        visit(operand.base);
        return visit(operand.index);
      case 'unary':
      case 'convert':
        return visit(operand.operand);
      case 'binary':
        visit(operand.left);
        return visit(operand.right);
      case 'int':
      case 'local':
        return;
      default:
        return unreachable(operand);
    }
  };
  system.constants.forEach(take);
  for (const [, word] of system.initialWords) take(word);
  for (const { node } of system.nodes) for (const operand of operandsOf(node)) visit(operand);
  return system.functions.filter(({ index }) => taken.has(functionWord(index)));
}
