import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiftResult } from '../../models/c/lift/liftProgram.js';
import { residueOf } from '../../models/program/intArithmetic.js';
import type { IntType } from '../../models/program/intType.js';
import type { LiftedOutcome } from '../testing/liftedCode.js';
import { liftedFunction, liftText } from '../testing/liftedCode.js';
import { kernelMacros, semanticsC } from '../testing/semanticsC.js';

const hasGcc = spawnSync('gcc', ['--version']).status === 0;

/** A function that takes and gives integers. */
interface Signature {
  readonly name: string;
  readonly returns: IntType | 'void';
  readonly parameters: readonly IntType[];
}

const typeNames: Readonly<Record<string, IntType>> = {
  ...Object.fromEntries((['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64'] as const).map((t) => [t, t])),
  int: 's32',
};

/** The functions of a text that are not static and have only integers for parameters. */
function signaturesIn(text: string): Signature[] {
  return [...text.matchAll(/^(int|void|bool|[su]\d+) (\w+)\(([^)]*)\) \{/gm)].map((match) => ({
    name: match[2]!,
    returns: match[1] === 'void' ? 'void' : typeNames[match[1]!]!,
    parameters: match[3] === 'void' ? [] : match[3]!.split(', ').map((one) => typeNames[one.split(' ')[0]!]!),
  }));
}

/** What the C function gave: its result as an integer and what it traced. */
interface Expected {
  readonly value: bigint;
  readonly trace: readonly number[];
}

/** Compiles the text with gcc and calls each function with each of its inputs, in order. */
function runC(text: string, calls: readonly (readonly [Signature, readonly (readonly bigint[])[]])[]): Expected[] {
  const bodies = calls.map(([{ name, returns, parameters }, inputs], index) => {
    const table = inputs.map((input) => `{${['0', ...input.map((value) => `${BigInt.asIntN(64, value)}LL`)].join()}}`);
    const args = parameters.map((_, at) => `in[i][${at + 1}]`).join(', ');
    const call = returns === 'void' ? `${name}(${args}); r = 0;` : `r = (long long)${name}(${args});`;
    return `static const long long in${index}[][8] = {${table.join(',')}};
static void run${index}(void) { long long r; const long long (*in)[8] = in${index}; for (int i = 0; i < ${inputs.length}; i++) { traced = 0; ${call} report(r); } }`;
  });
  const source = `${kernelMacros}\n${text}
static int noted_numbers[4096], traced;
void trace(int value) { if (traced < 4096) noted_numbers[traced++] = value; }
static void report(long long r) { printf("%lld", r); for (int i = 0; i < traced; i++) printf(" %d", noted_numbers[i]); puts(""); }
${bodies.join('\n')}
int main(void) { ${calls.map((_, index) => `run${index}();`).join(' ')} return 0; }
`;
  const directory = mkdtempSync(join(tmpdir(), 'interleaf-'));
  try {
    const file = join(directory, 'a.c');
    writeFileSync(file, source);
    const program = join(directory, 'a');
    execFileSync('gcc', ['-w', '-std=gnu11', '-fwrapv', '-O0', '-o', program, file]);
    const output = execFileSync(program, { encoding: 'utf8', maxBuffer: 1 << 28 });
    return output
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [value, ...trace] = line.split(' ');
        return { value: BigInt(value!), trace: trace.map(Number) };
      });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A value of the type that the model can store; `random` gives numbers in [0, 1). */
function inputOf(type: IntType, random: () => number): bigint {
  const ends = [0, 1, -1, 2, 3, 127, 128, 255, 256, -128, 32767, 65535, 2 ** 28, -(2 ** 29), 2 ** 29 - 1];
  const kind = random();
  const residue =
    kind < 0.5
      ? Math.floor(random() * 24) - 8
      : kind < 0.7
        ? ends[Math.floor(random() * ends.length)]!
        : Math.floor((random() - 0.5) * 2 ** Math.floor(4 + random() * 26));
  if (type === 'bool') return BigInt(residue & 1);
  const bits = Number(type.slice(1));
  return type.startsWith('s') ? BigInt.asIntN(bits, BigInt(residue)) : BigInt.asUintN(bits, BigInt(residue));
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line where the two differ; null where they agree or the model says that it cannot tell. */
function difference({ returns }: Signature, expected: Expected, found: LiftedOutcome): string | null {
  if (found.kind === 'limit') return null;
  const value = returns === 'void' ? 0 : residueOf(expected.value, returns);
  const wanted = `${value === null ? expected.value : value} [${expected.trace.join(' ')}]`;
  const got = found.kind === 'value' ? `${found.value} [${found.trace.join(' ')}]` : found.title;
  return wanted === got ? null : `gcc: ${wanted}, lifted: ${got}`;
}

interface Comparison {
  readonly signature: Signature;
  readonly differences: readonly string[];
  readonly limits: readonly string[];
  readonly calls: number;
}

function compare(text: string, lifted: LiftResult, signatures: readonly Signature[], count: number, seed: number) {
  const random = mulberry(seed);
  const calls = signatures.map(
    (signature) =>
      [
        signature,
        Array.from({ length: signature.parameters.length === 0 ? 1 : count }, () =>
          signature.parameters.map((type) => inputOf(type, random)),
        ),
      ] as const,
  );
  const expected = runC(text, calls);
  let at = 0;
  return calls.map(([signature, inputs]): Comparison => {
    const differences: string[] = [];
    let call: ReturnType<typeof liftedFunction>;
    try {
      call = liftedFunction(lifted, signature.name);
    } catch (error) {
      at += inputs.length;
      return { signature, differences: [(error as Error).message], limits: [], calls: inputs.length };
    }
    const limits: string[] = [];
    for (const input of inputs) {
      const found = call(input.map((value, index) => residueOf(value, signature.parameters[index]!)!));
      const wrong = difference(signature, expected[at]!, found);
      if (wrong !== null) differences.push(`(${input.join(', ')}) ${wrong}`);
      if (found.kind === 'limit') limits.push(found.what);
      at += 1;
    }
    return { signature, differences, limits, calls: inputs.length };
  });
}

const remarksOf = (lifted: LiftResult, name: string): string[] =>
  lifted.functions
    .filter((fn) => fn.definition.name === name)
    .flatMap((fn) => fn.remarks)
    .filter(({ level }) => level !== 'note')
    .map(({ kind, what }) => `${kind}: ${what}`);

/** Functions that the model follows up to a point, and what it says there. */
const limited: Readonly<Record<string, RegExp>> = {
  one_past: /outside the array/,
  macro_torn: /a macro that it binds tighter than/,
};

describe.skipIf(!hasGcc)('lifted C does what gcc makes of it (needs gcc)', () => {
  const lifted = liftText(semanticsC);
  const signatures = signaturesIn(semanticsC);
  const stateful = new Set(['file_scope', 'static_local', 'static_calls']);
  const compared = new Map(
    compare(
      semanticsC,
      lifted,
      signatures.filter(({ name }) => !stateful.has(name)),
      200,
      1,
    ).map((comparison) => [comparison.signature.name, comparison]),
  );

  it('has no syntax problems in the text', () => {
    expect(lifted.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(Object.keys(limited))('%s, up to a limit', (name) => {
    const { differences, limits, calls } = compared.get(name)!;
    expect(differences).toEqual([]);
    expect(limits.filter((what) => limited[name]!.test(what))).toHaveLength(calls);
  });

  it.each([...compared.keys()].filter((name) => limited[name] === undefined))('%s', (name) => {
    const { differences, limits, calls } = compared.get(name)!;
    expect(differences.slice(0, 5)).toEqual([]);
    expect(remarksOf(lifted, name)).toEqual([]);
    expect(limits.filter((what) => !/does not fit|tracked/.test(what)).slice(0, 3)).toEqual([]);
    expect(limits.length, 'runs that leave the numbers that are tracked').toBeLessThan(calls * 0.8);
  });
});

const intTypes: readonly IntType[] = ['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64'];
const variables = ['a', 'b', 'c'];

/** Expressions without undefined behaviour over three variables: shifts and divisors are made safe. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const part = tie('expression');
  const operation = (operators: readonly string[], make: (left: string, right: string, operator: string) => string) =>
    fc.tuple(part, part, fc.constantFrom(...operators)).map(([left, right, operator]) => make(left, right, operator));
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(...variables),
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.constantFrom('1u', '7UL', '3L', '0xffu', '~0u', '-1', "'x'", 'sizeof(a)'),
      operation(['+', '-', '*', '&', '|', '^'], (l, r, o) => `(${l} ${o} ${r})`),
      operation(['<', '<=', '>', '>=', '==', '!=', '&&', '||'], (l, r, o) => `(${l} ${o} ${r})`),
      operation(['<<', '>>'], (l, r, o) => `(${l} ${o} ((${r}) & 7))`),
      operation(['/', '%'], (l, r, o) => `(${l} ${o} (((${r}) & 15) + 1))`),
      fc.tuple(fc.constantFrom('-', '~', '!', '+'), part).map(([operator, inner]) => `${operator}(${inner})`),
      fc.tuple(fc.constantFrom(...intTypes), part).map(([type, inner]) => `(${type})(${inner})`),
      fc.tuple(part, part, part).map(([c, l, r]) => `((${c}) ? (${l}) : (${r}))`),
      fc.tuple(part, part).map(([l, r]) => `((${l}) ?: (${r}))`),
      fc.tuple(part, part).map(([l, r]) => `((${l}), (${r}))`),
      part.map((inner) => `noted(${inner})`),
    ),
  };
});

const typed = fc.constantFrom(...intTypes);
const statement = fc.oneof(
  fc
    .tuple(fc.constantFrom(...variables), fc.constantFrom('=', '+=', '-=', '*=', '&=', '|=', '^='), expression)
    .map(([place, operator, value]) => `${place} ${operator} ${value};`),
  fc
    .tuple(fc.constantFrom(...variables), fc.constantFrom(...variables), fc.constantFrom('++', '--'), fc.boolean())
    .map(([to, from, step, prefix]) => `d = ${prefix ? `${step}${from}` : `${from}${step}`}; ${to} = d;`),
  fc.tuple(expression, expression).map(([condition, value]) => `if (${condition}) d = ${value}; else c = d;`),
  fc.tuple(expression, expression).map(([first, second]) => `if ((d = ${first}) || (c = ${second})) b += 1;`),
);

/** A function of three integers: its types, some statements, an expression. */
const generated = fc.record({
  returns: typed,
  types: fc.tuple(typed, typed, typed, typed),
  statements: fc.array(statement, { maxLength: 4 }),
  result: expression,
});

describe.skipIf(!hasGcc)('random C over the integer types does what gcc makes of it (needs gcc)', () => {
  const functions = fc.sample(generated, { numRuns: 300, seed: 20260 });
  const bodies = functions.map(
    ({ returns, types: [a, b, c, d], statements, result }, index) =>
      `${returns} random${index}(${a} a, ${b} b, ${c} c) { ${d} d = 1; ${statements.join(' ')} return ${result}; }`,
  );
  const prelude = semanticsC.slice(0, semanticsC.indexOf('/* arithmetic'));
  const text = `${prelude}\nstatic int noted(int a) { trace(a); return a; }\n${bodies.join('\n')}\n`;
  const compared = compare(text, liftText(text), signaturesIn(text), 30, 2);

  it('never gives another value', () => {
    const wrong = compared.flatMap(({ signature, differences }) =>
      differences.slice(0, 1).map((one) => `${bodies[Number(signature.name.slice(6))]!}: ${one}`),
    );
    expect(wrong).toEqual([]);
  });

  it('gives up only where numbers leave those that are tracked', () => {
    const limits = compared.flatMap((comparison) => comparison.limits);
    expect(limits.filter((what) => !/does not fit|tracked/.test(what)).slice(0, 5)).toEqual([]);
    expect(limits.length).toBeLessThan(compared.reduce((sum, { calls }) => sum + calls, 0) * 0.4);
  });
});
