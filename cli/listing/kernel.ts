import { kernelFunctions } from '../../models/kernel/index.js';
import { printCType } from '../../models/program/cType.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import type { Alternative, Statement } from '../../models/program/statement.js';
import { revisions } from '../../models/revisions/index.js';
import type { Revision } from '../../models/revisions/revision.js';
import type { Entry, Section } from './section.js';

/** The kernel API: functions with prototype and outcomes, and the operations that programs choose an outcome of in place. */
export const kernelSection: Section = {
  name: 'kernel',
  title: 'Kernel functions, with every outcome that is tried',
  entries: () => [
    ...kernelFunctions.filter(({ name }) => !name.startsWith('__')).map(functionEntry),
    ...operationEntries(),
  ],
};

function functionEntry(definition: FunctionDefinition): Entry {
  const { name, file, parameters, returns } = definition;
  const prototype = `${join(printCType(returns), name)}(${parameters.map((one) => join(printCType(one.type), one.name)).join(', ') || 'void'})`;
  const choices = choicesIn(definition.body);
  const outcomes = [...new Set(choices.flatMap(({ alternatives }) => alternatives.map((one) => one.name)))];
  const approximations = (definition.approximations ?? []).map(({ direction, what }) => `${direction}: ${what}`);
  return {
    id: name,
    summary: outcomes.length === 0 ? file : `${file}: ${outcomes.join(', ')}`,
    details: [prototype, ...approximations],
    data: { name, file, prototype, outcomes, sleeps: definition.sleeps ?? false, approximations },
  };
}

/** `kzalloc`, `copy_from_user` …: their outcome is chosen where they are used, as their arguments are types or fields. */
function operationEntries(): Entry[] {
  const known = new Set(kernelFunctions.map(({ name }) => name));
  const outcomes = new Map<string, Set<string>>();
  const programs = [...kernelFunctions, ...(revisions as readonly Revision[]).flatMap(({ functions }) => functions)];
  for (const { name, alternatives } of programs.flatMap(({ body }) => choicesIn(body))) {
    if (known.has(name) || !/^[a-z_]\w*$/.test(name)) continue;
    const found = outcomes.get(name) ?? new Set();
    outcomes.set(name, found);
    for (const alternative of alternatives) found.add(alternative.name);
  }
  return [...outcomes].map(([name, names]) => ({
    id: name,
    summary: `(in place): ${[...names].join(', ')}`,
    details: [],
    data: { name, file: null, prototype: null, outcomes: [...names], sleeps: false, approximations: [] },
  }));
}

function choicesIn(
  body: readonly Statement[],
): { readonly name: string; readonly alternatives: readonly Alternative[] }[] {
  return body.flatMap((statement) => {
    switch (statement.kind) {
      case 'choose':
        return [statement, ...statement.alternatives.flatMap((alternative) => choicesIn(alternative.body))];
      case 'if':
        return [...choicesIn(statement.then), ...choicesIn(statement.otherwise)];
      case 'while':
      case 'block':
        return choicesIn(statement.body);
      default:
        return [];
    }
  });
}

function join(type: string, name: string): string {
  return type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;
}
