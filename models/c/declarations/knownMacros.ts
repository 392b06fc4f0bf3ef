import type { Expression, TypeSyntax } from '../syntax/ast.js';
import type { ConstantEnvironment } from './constantEnvironment.js';
import { binary, commonType, convert, promote, truth, type IntValue } from './integer.js';
import type { SemanticType } from './semanticType.js';

/** What a macro that is known by heart gets to see of its use. */
export interface MacroUse {
  readonly count: number;
  value(index: number): IntValue | null;
  type(index: number): SemanticType | null;
  text(index: number): string;
  expression(index: number): Expression | null;
  readonly environment: ConstantEnvironment;
}

export type KnownMacro = (use: MacroUse) => IntValue | null;

/** Values of the first `count` arguments, null if one is no constant. */
function values(use: MacroUse, count: number): readonly IntValue[] | null {
  if (use.count !== count) return null;
  const all = Array.from({ length: count }, (_, index) => use.value(index));
  return all.every((value) => value !== null) ? all : null;
}

function unary(apply: (value: IntValue) => IntValue | null): KnownMacro {
  return (use) => {
    const all = values(use, 1);
    return all === null ? null : apply(all[0]!);
  };
}

function pair(apply: (a: IntValue, b: IntValue) => IntValue | null): KnownMacro {
  return (use) => {
    const all = values(use, 2);
    return all === null ? null : apply(all[0]!, all[1]!);
  };
}

function unsignedLong(value: bigint): IntValue {
  return convert(value, 'u64');
}

function typed(value: IntValue | null, type: SemanticType | null): IntValue | null {
  return value !== null && type?.kind === 'int' ? convert(value.value, type.int) : null;
}

function extremum(least: boolean): (a: IntValue, b: IntValue) => IntValue {
  return (a, b) => {
    const int = commonType(a.int, b.int);
    const left = convert(a.value, int);
    const right = convert(b.value, int);
    return left.value < right.value === least ? left : right;
  };
}

/** In the type that is the first argument. */
function extremumOfType(least: boolean): KnownMacro {
  return (use) => {
    const type = use.type(0);
    const left = typed(use.value(1), type);
    const right = typed(use.value(2), type);
    return left === null || right === null ? null : typed(extremum(least)(left, right), type);
  };
}

function bitOf(nr: IntValue): IntValue | null {
  return nr.value < 0n || nr.value > 63n ? null : unsignedLong(1n << nr.value);
}

function bitMask(high: IntValue, low: IntValue): IntValue | null {
  if (low.value < 0n || high.value < low.value || high.value > 63n) return null;
  return unsignedLong((1n << (high.value + 1n)) - (1n << low.value));
}

/** A number of an ioctl: direction, size of the argument, type and number, from the top. */
function ioctl(direction: bigint, size: bigint, use: MacroUse, result: 'u32' | 'u64'): IntValue | null {
  const type = use.value(0);
  const number = use.value(1);
  if (type === null || number === null) return null;
  return convert((direction << 30n) | (size << 16n) | (type.value << 8n) | number.value, result);
}

/** With the size of the third argument's type, which makes the whole a `size_t`. */
function ioctlWithArgument(direction: bigint): KnownMacro {
  return (use) => {
    const type = use.type(2);
    const size = type === null ? null : use.environment.sizeOf(type);
    return size === null ? null : ioctl(direction, BigInt(size), use, 'u64');
  };
}

function field(shift: bigint, mask: bigint): KnownMacro {
  return unary((value) => ({ value: (value.value >> shift) & mask, int: promote(value.int) }));
}

function isSet(symbol: string, { environment }: MacroUse): boolean {
  return environment.symbol(symbol) === 1;
}

function enabledAtAll(use: MacroUse): IntValue {
  return truth(isSet(use.text(0), use) || isSet(`${use.text(0)}_MODULE`, use));
}

function roundUp(value: IntValue, step: IntValue): IntValue | null {
  if (step.value <= 0n || value.value < 0n) return null;
  const int = commonType(value.int, step.int);
  return convert(((value.value + step.value - 1n) / step.value) * step.value, int);
}

function offsetOfMember(use: MacroUse): bigint | null {
  const type = use.type(0);
  const member = use.expression(1);
  return type === null || member === null ? null : use.environment.offsetOf(type, member);
}

/** Type of a member, from its record: `sizeof_field(struct x, a.b)`. */
function sizeOfMember(use: MacroUse): IntValue | null {
  const record = use.type(0);
  const member = use.expression(1);
  if (record === null || member === null) return null;
  const type = memberType(record, member, use.environment);
  const size = type === null ? null : use.environment.sizeOf(type);
  return size === null ? null : unsignedLong(BigInt(size));
}

function memberType(record: SemanticType, member: Expression, environment: ConstantEnvironment): SemanticType | null {
  if (member.kind !== 'name' || record.kind !== 'record') return null;
  const zero: Expression = { kind: 'int', line: member.line, value: 0n, unsigned: false, long: false, text: '0' };
  const syntax: TypeSyntax = {
    kind: 'pointer',
    to: {
      kind: 'record',
      record: record.record,
      tag: record.tag,
      fields: null,
      line: member.line,
      endLine: member.line,
    },
  };
  const base: Expression = {
    kind: 'cast',
    line: member.line,
    type: { kind: 'typeName', line: member.line, type: syntax },
    operand: zero,
  };
  return environment.typeOf({ kind: 'member', line: member.line, base, field: member.name, arrow: true });
}

/**
 * Macros whose meaning is part of the kernel's API and whose bodies lean on compiler magic, on assembler or on headers that lie
 * too deep to be read.
 */
export const knownMacros: ReadonlyMap<string, KnownMacro> = new Map<string, KnownMacro>([
  ['BIT', unary(bitOf)],
  ['BIT_ULL', unary(bitOf)],
  ['_BITUL', unary(bitOf)],
  ['_BITULL', unary(bitOf)],
  ['GENMASK', pair(bitMask)],
  ['GENMASK_ULL', pair(bitMask)],
  ['DMA_BIT_MASK', unary((n) => (n.value < 1n || n.value > 64n ? null : unsignedLong((1n << n.value) - 1n)))],
  ['UL', unary((value) => unsignedLong(value.value))],
  ['_UL', unary((value) => unsignedLong(value.value))],
  ['ULL', unary((value) => unsignedLong(value.value))],
  ['_ULL', unary((value) => unsignedLong(value.value))],
  [
    '_AC',
    // The suffix is pasted on: its letters decide the type.
    (use) => {
      const value = use.value(0);
      const suffix = use.text(1).toUpperCase();
      if (value === null) return null;
      if (suffix.includes('L')) return convert(value.value, suffix.includes('U') ? 'u64' : 's64');
      return suffix === 'U' ? convert(value.value, 'u32') : value;
    },
  ],
  ['_AT', (use) => typed(use.value(1), use.type(0))],
  ['_IO', (use) => (use.count === 2 ? ioctl(0n, 0n, use, 'u32') : null)],
  ['_IOW', ioctlWithArgument(1n)],
  ['_IOR', ioctlWithArgument(2n)],
  ['_IOWR', ioctlWithArgument(3n)],
  ['_IOW_BAD', ioctlWithArgument(1n)],
  ['_IOR_BAD', ioctlWithArgument(2n)],
  ['_IOWR_BAD', ioctlWithArgument(3n)],
  [
    '_IOC',
    (use) => {
      const all = values(use, 4);
      if (all === null) return null;
      const [direction, type, number, size] = all.map(({ value }) => value);
      const int = all.reduce((common, value) => commonType(common, value.int), 's32' as IntValue['int']);
      return convert((direction! << 30n) | (size! << 16n) | (type! << 8n) | number!, int);
    },
  ],
  ['_IOC_DIR', field(30n, 3n)],
  ['_IOC_TYPE', field(8n, 0xffn)],
  ['_IOC_NR', field(0n, 0xffn)],
  ['_IOC_SIZE', field(16n, 0x3fffn)],
  ['min', pair(extremum(true))],
  ['max', pair(extremum(false))],
  ['MIN', pair(extremum(true))],
  ['MAX', pair(extremum(false))],
  ['min_t', extremumOfType(true)],
  ['max_t', extremumOfType(false)],
  ['DIV_ROUND_UP', pair((n, d) => (d.value <= 0n || n.value < 0n ? null : binary('/', roundUp(n, d)!, d)))],
  ['ALIGN', pair(roundUp)],
  ['__ALIGN_KERNEL', pair(roundUp)],
  ['round_up', pair(roundUp)],
  ['roundup', pair(roundUp)],
  ['BITS_TO_LONGS', unary((bits) => (bits.value < 0n ? null : convert((bits.value + 63n) / 64n, promote(bits.int))))],
  [
    'ARRAY_SIZE',
    (use) => {
      const type = use.type(0);
      return type?.kind === 'array' && type.length !== null ? unsignedLong(BigInt(type.length)) : null;
    },
  ],
  [
    'offsetof',
    (use) => {
      const offset = offsetOfMember(use);
      return offset === null ? null : unsignedLong(offset);
    },
  ],
  [
    'offsetofend',
    (use) => {
      const offset = offsetOfMember(use);
      const size = sizeOfMember(use);
      return offset === null || size === null ? null : unsignedLong(offset + size.value);
    },
  ],
  ['sizeof_field', sizeOfMember],
  ['FIELD_SIZEOF', sizeOfMember],
  ['IS_ENABLED', enabledAtAll],
  ['IS_BUILTIN', (use) => truth(isSet(use.text(0), use))],
  ['IS_MODULE', (use) => truth(!isSet(use.text(0), use) && isSet(`${use.text(0)}_MODULE`, use))],
  ['IS_REACHABLE', enabledAtAll],
]);
