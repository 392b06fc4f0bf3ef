import { printCType } from './cType.js';
import type { FunctionDefinition } from './functionDefinition.js';
import { printStatement } from './printStatement.js';
import type { Statement, Variable } from './statement.js';

/** One line of a printed program. */
export interface PrintedLine {
  /** Indented by two spaces for each level. */
  readonly text: string;
  /** Of the source, where the statement has one. */
  readonly line?: number;
  readonly mailLine?: number;
}

/**
 * A function's program as text, one statement a line: prototype, locals, then the body between braces. An `else` without statements is
 * left out; a choice shows each alternative with its name, `fault` marking those that are failures.
 */
export function printFunction(definition: FunctionDefinition): readonly PrintedLine[] {
  const { name, returns, parameters, locals, body } = definition;
  return [
    { text: `${declare(printCType(returns), name)}(${parameters.map(variable).join(', ')})` },
    { text: '{' },
    ...locals.map((local) => ({ text: `  ${variable(local)}` })),
    ...statements(body, 1),
    { text: '}' },
  ];
}

function statements(list: readonly Statement[], depth: number): PrintedLine[] {
  return list.flatMap((statement) => statementLines(statement, depth));
}

function statementLines(statement: Statement, depth: number): PrintedLine[] {
  const at = (text: string, level = depth): PrintedLine => ({
    text: '  '.repeat(level) + text,
    ...(statement.line === undefined ? {} : { line: statement.line }),
    ...(statement.mailLine === undefined ? {} : { mailLine: statement.mailLine }),
  });
  const close = { text: `${'  '.repeat(depth)}}` };
  switch (statement.kind) {
    case 'if': {
      const otherwise = statement.otherwise.length === 0 ? [] : elseLines(statement.otherwise, depth);
      const last = otherwise.length === 0 ? [close] : otherwise;
      return [at(`${printStatement(statement)} {`), ...statements(statement.then, depth + 1), ...last];
    }
    case 'while':
      return [at(`${printStatement(statement)} {`), ...statements(statement.body, depth + 1), close];
    case 'choose':
      return [
        at(`${printStatement(statement)} {`),
        ...statement.alternatives.flatMap(({ name, fault, body }) => [
          at(`${name}${fault ? ' (fault)' : ''}:`, depth + 1),
          ...statements(body, depth + 2),
        ]),
        close,
      ];
    case 'block':
      return statements(statement.body, depth);
    case 'label':
      // As in C: a label stands out to the left.
      return [at(printStatement(statement), depth - 1)];
    case 'assign':
      return [at(`${printStatement(statement)}${statement.access === 'plain' ? '' : ` (${statement.access})`}`)];
    default:
      return [at(printStatement(statement))];
  }
}

/** `} else {` and what follows; an `if` alone in it becomes `} else if`. */
function elseLines(otherwise: readonly Statement[], depth: number): PrintedLine[] {
  const [only] = otherwise;
  const indent = '  '.repeat(depth);
  if (only?.kind === 'if' && otherwise.length === 1) {
    const [head, ...rest] = statementLines(only, depth);
    return [{ ...head!, text: `${indent}} else ${head!.text.trimStart()}` }, ...rest];
  }
  return [{ text: `${indent}} else {` }, ...statements(otherwise, depth + 1), { text: `${indent}}` }];
}

function variable({ name, type }: Variable): string {
  return declare(printCType(type), name);
}

/** `int x`, `struct page *page`, `u8 id[16]`. */
function declare(type: string, name: string): string {
  const [, base = type, suffix = ''] = /^(.*?)(\[.*\])$/.exec(type) ?? [];
  return base.endsWith('*') ? `${base}${name}${suffix}` : `${base} ${name}${suffix}`;
}
