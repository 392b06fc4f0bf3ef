/**
 * Builders for hand-written programs. A body reads like the C it stands for: expressions are C text, control flow is nested
 * calls.
 *
 * ```ts
 * fn('bool tee_device_get(struct tee_device *teedev)', { file: 'drivers/tee/tee_core.c' }, [
 *   run('mutex_lock(&teedev->mutex)'),
 *   when('!teedev->desc', [run('mutex_unlock(&teedev->mutex)'), ret('false')]),
 *   set('teedev->num_users', 'teedev->num_users + 1'),
 *   run('mutex_unlock(&teedev->mutex)'),
 *   ret('true'),
 * ]);
 * ```
 */
import { parseCType } from './cType.js';
import type { FunctionDefinition } from './functionDefinition.js';
import { parseExpression } from './parseExpression.js';
import type { PropertyId } from './propertyId.js';
import type { Access, Alternative, Statement, Variable } from './statement.js';

/** What a definition says beside signature and body; `locals` are C declarations, `'struct tee_shm *shm'`. */
export interface DefinitionOptions extends Partial<
  Omit<FunctionDefinition, 'name' | 'returns' | 'parameters' | 'locals' | 'body'>
> {
  readonly file: string;
  readonly locals?: readonly string[];
}

/** A function from its C prototype. `origin` is `model` unless the options say otherwise. */
export function fn(prototype: string, options: DefinitionOptions, body: readonly Statement[]): FunctionDefinition {
  const match = /^(.*?)([A-Za-z_]\w*)\s*\((.*)\)\s*$/s.exec(prototype.trim());
  if (!match) throw new Error(`cannot read the prototype '${prototype}'`);
  const parameters = match[3]!.trim();
  const { locals, ...rest } = options;
  return {
    origin: 'model',
    ...rest,
    name: match[2]!,
    returns: parseCType(match[1]!),
    parameters: parameters === '' || parameters === 'void' ? [] : parameters.split(',').map(parseVariable),
    locals: (locals ?? []).map(parseVariable),
    body,
  };
}

/** `struct tee_shm *shm` as a variable. */
export function parseVariable(text: string): Variable {
  const match = /^\s*(.*?)([A-Za-z_]\w*)\s*$/s.exec(text);
  if (!match) throw new Error(`cannot read the declaration '${text}'`);
  return { name: match[2]!, type: parseCType(match[1]!) };
}

/** `place = value`; `access` says how the memory accesses of both sides are ordered. */
export function set(place: string, value: string, access: Access = 'plain'): Statement {
  return { kind: 'assign', place: parseExpression(place), value: parseExpression(value), access };
}

/** An expression for its effect: a call, or an event. */
export function run(expression: string): Statement {
  return { kind: 'run', expression: parseExpression(expression) };
}

/** `if (condition) { … } else { … }` */
export function when(condition: string, then: readonly Statement[], otherwise: readonly Statement[] = []): Statement {
  return { kind: 'if', condition: parseExpression(condition), then, otherwise };
}

/** `while (condition) { … }` */
export function loop(condition: string, body: readonly Statement[]): Statement {
  return { kind: 'while', condition: parseExpression(condition), body };
}

/** `goto label;` */
export function goTo(label: string): Statement {
  return { kind: 'goto', label };
}

/** `label:` */
export function label(name: string): Statement {
  return { kind: 'label', label: name };
}

/** `return value;` */
export function ret(value?: string): Statement {
  return { kind: 'return', value: value === undefined ? null : parseExpression(value) };
}

/** The environment decides; see `outcome` and `fault`. */
export function choose(name: string, alternatives: readonly Alternative[]): Statement {
  return { kind: 'choose', name, alternatives };
}

/** An alternative that is not a failure. */
export function outcome(name: string, body: readonly Statement[] = []): Alternative {
  return { name, fault: false, body };
}

/** A documented failure: never taken in setup, counted by `--faults`. */
export function fault(name: string, body: readonly Statement[] = []): Alternative {
  return { name, fault: true, body };
}

/** Waits until `place` is not 0. */
export function awaitThat(place: string): Statement {
  return { kind: 'await', condition: parseExpression(place) };
}

/** `place = kzalloc(sizeof(struct tag))` that cannot fail; models of allocators put a `choose` around it. */
export function alloc(place: string, tag: string, options: { readonly zeroed?: boolean } = {}): Statement {
  return { kind: 'alloc', place: parseExpression(place), tag, zeroed: options.zeroed ?? true };
}

/** The end of an object's memory. */
export function free(pointer: string): Statement {
  return { kind: 'free', pointer: parseExpression(pointer) };
}

/** A property is broken when control gets here; behaviour is defined afterwards. */
export function report(property: PropertyId, what: string): Statement {
  return { kind: 'report', property, what, ends: false };
}

/** As `report`, but nothing sensible happens afterwards (`BUG_ON`): the path ends. */
export function bug(property: PropertyId, what: string): Statement {
  return { kind: 'report', property, what, ends: true };
}

/** Gives statements the line of the source file they stand for, outermost last: inner lines are kept. */
export function at(line: number, ...body: readonly Statement[]): Statement {
  const [only] = body;
  if (body.length === 1 && only) return only.line === undefined ? { ...only, line } : only;
  return { kind: 'block', body: body.map((statement) => at(line, statement)), line };
}
