import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TranslationUnit } from './ast.js';
import { fixture } from './testing/fixture.js';
import { functionsOf, parse, visitNodes } from './testing/parse.js';

const many = 20_000;

/** A function with these statements, and one behind it that must survive. */
function around(body: string): string {
  return `int f(int x)\n{\n${body}\n}\nint g(void)\n{\n\treturn 1;\n}\n`;
}

const nest = (open: string, inner: string, close: string): string => open.repeat(many) + inner + close.repeat(many);

describe('pathological nesting is one problem of one function', () => {
  test.each([
    ['parentheses', `x = ${nest('(', '1', ')')};`],
    ['calls', `x = ${nest('g(', '1', ')')};`],
    ['arguments whose second half is none', `${nest('g(a(1) b, ', '1', ')')};`],
    ['blocks', nest('{', '', '}')],
    ['ifs', `${'if (x) '.repeat(many)};`],
    ['prefixes', `x = ${'!'.repeat(many)}x;`],
    ['casts', `x = ${'(int)'.repeat(many)}x;`],
    ['assignments', `${'x = '.repeat(many)}1;`],
    ['conditionals', `x = ${'x ? 1 : '.repeat(many)}1;`],
    ['operators', `x = ${'x + '.repeat(many)}1;`],
    ['members', `x${'.a'.repeat(many)} = 1;`],
    ['pointers', `int ${'*'.repeat(many)}p;`],
    ['typeof', `${nest('typeof(', 'x', ')')} y;`],
    ['sizeof', `x = ${nest('sizeof(', 'x', ')')};`],
    ['loops', `${nest('do ', ';', ' while (x);')}`],
    ['initialisers', `int y[] = ${nest('{', '1', '}')};`],
    ['structs', `${nest('struct {', 'int y;', '};')}`],
    ['declarators', `int ${nest('(', 'y', ')')};`],
    ['nested functions', nest('int h(void) { ', '', '}')],
  ])('%s', { timeout: 10_000 }, (_, body) => {
    const unit = parse(around(`\t${body}`));
    expect(unit.problems.map(({ severity, function: name }) => [severity, name])).toEqual([['error', 'f']]);
    expect(unit.problems[0]!.message).toMatch(/^nested more than|^too many/);
    expect(functionsOf(unit).map(({ name }) => name)).toEqual(['f', 'g']);
  });

  test('arguments that cannot be read stay tokens, however deep', () => {
    const unit = parse(around(`\t${nest('g(a b ', '1', ')')};`));
    expect(unit.problems).toEqual([]);
    expect(functionsOf(unit)[0]!.body.body).toMatchObject([
      { expression: { kind: 'call', args: [{ kind: 'tokens' }] } },
    ]);
  });

  test('a long chain of else-ifs is no nesting', () => {
    const chain = Array.from({ length: many }, (_, index) => `if (x == ${index}) x = 2;`).join(' else ');
    const unit = parse(around(`\t${chain}`));
    expect(unit.problems).toEqual([]);
    let count = 0;
    visitNodes(unit.items, (node) => {
      if (node.kind === 'if') count++;
    });
    expect(count).toBe(many);
  });

  test.each([
    ['open braces', '{'],
    ['closing braces', '}'],
    ['open parentheses', '('],
    ['all kinds', '({['],
    ['quotes', "'"],
    ['elses', 'else '],
    ['names', 'a\n'],
  ])('%s without end', (_, text) => {
    const unit = parse(around(text.repeat(many)));
    expect(unit.problems.some(({ severity }) => severity === 'error')).toBe(true);
    expect(unit.problems.length).toBeLessThan(12);
    expect(functionsOf(unit).map(({ name }) => name)).toContain('g');
  });

  test.each([
    ['nested conditionals', `${'#if 1\n'.repeat(many)}int y;\n${'#endif\n'.repeat(many)}`, 0],
    ['a deep condition', `#if ${nest('(', '1', ')')}\n#endif\nint y;\n`, 1],
    ['a macro of itself in a condition', '#define A A + A\n#if A\n#endif\nint y;\n', 1],
    [
      'macros that double',
      `${Array.from({ length: 99 }, (_, index) => `#define M${index} M${index + 1} + M${index + 1}\n`).join('')}` +
        '#if M0\n#endif\nint y;\n',
      1,
    ],
  ])('%s', (_, text, problems) => {
    const unit = parse(text);
    expect(unit.problems.length).toBe(problems);
    expect(unit.items).toMatchObject([{ kind: 'declaration' }]);
  });
});

test('200,000 lines take time in proportion', { timeout: 30_000 }, () => {
  const time = (copies: number): number => {
    const text = 'static int f(int a)\n{\n\tif (a)\n\t\treturn g(a, "x");\n\treturn 0;\n}\n\n'.repeat(copies);
    const start = performance.now();
    const unit = parse(text);
    const elapsed = performance.now() - start;
    expect(unit.items.length).toBe(copies);
    return elapsed;
  };
  time(3000);
  const short = Math.max(time(3000), 5);
  // Ten times the text; generous, since other work may share the machine. Quadratic would be a hundred times.
  expect(time(30_000)).toBeLessThan(short * 50);
});

describe('any text', () => {
  const seed = 20240611;
  const soup = fc
    .array(
      fc.constantFrom(
        ...(
          '{ } ( ) [ ] ; , : ? = == * & -> . ... ++ - ! ~ ## # " \' \\ /* */ // 1 0x2UL 1.5 \'a\' "s" a b f u32 size_t int ' +
          'struct union enum typedef static const void if else for while do switch case default goto break continue return ' +
          'sizeof typeof asm __attribute__ __user __free MACRO __label__ _Generic inline __builtin_offsetof __extension__ @ é'
        ).split(' '),
        '\n',
        '\n#if 1\n',
        '\n#ifdef A\n',
        '\n#else\n',
        '\n#endif\n',
        '\n#define A(x) x ## 1\n',
        '\n#if A(1\n',
        '\n<<<<<<< x\n',
        '\n=======\n',
        '\n>>>>>>> y\n',
        '\n}\n',
        '\u0000',
        '\r\n',
        '\\\n',
        '\ufeff',
        '💧',
      ),
      { maxLength: 120 },
    )
    .chain((words) => fc.constantFrom(' ', '').map((separator) => words.join(separator)));

  /** Pieces of the fixture cut out, doubled, moved. */
  const mutated = fc
    .array(
      fc.record({
        at: fc.nat(fixture.length),
        length: fc.nat(40),
        to: fc.nat(fixture.length),
        how: fc.constantFrom('delete', 'copy', 'insert'),
        text: fc.constantFrom('{', '}', '(', ')', ';', '\n', ' ', '"', "'", '/*', '#if 0\n', ',', '*'),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((edits) =>
      edits.reduce((text, { at, length, to, how, text: inserted }) => {
        if (how === 'delete') return text.slice(0, at) + text.slice(at + length);
        const piece = how === 'copy' ? text.slice(at, at + length) : inserted;
        return text.slice(0, to) + piece + text.slice(to);
      }, fixture),
    );

  /** Problems and nodes that are not in the text. */
  function misplaced(text: string, unit: TranslationUnit): unknown[] {
    const lines = text.split('\n');
    const found: unknown[] = [];
    for (const problem of unit.problems) {
      const { line, column } = problem;
      const width = lines[line - 1]?.length ?? -1;
      if (!(column >= 1 && column <= width + 1)) found.push(problem);
    }
    visitNodes(unit.items, (node) => {
      const { line, endLine = line } = node as { readonly line?: number; readonly endLine?: number };
      if (line === undefined || endLine === undefined) return;
      if (!(line >= 1 && endLine >= line && endLine <= lines.length)) found.push(node);
    });
    return found;
  }

  /** What is missing in a tree is told: no `bad` node without an error. */
  function checkBadNodes(unit: TranslationUnit): void {
    let bad = 0;
    visitNodes(unit.items, (node) => {
      if (node.kind === 'bad') bad++;
    });
    if (bad > 0) expect(unit.problems.some(({ severity }) => severity === 'error')).toBe(true);
  }

  test.each([
    ['soup of tokens', soup],
    ['mutated driver', mutated],
  ])('%s', { timeout: 10_000 }, (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const unit = parse(text);
        expect(misplaced(text, unit)).toEqual([]);
        checkBadNodes(unit);
      }),
      { seed, numRuns: 400 },
    );
  });
});
