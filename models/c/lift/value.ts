import type { CType } from '../../program/cType.js';
import type { Expression } from '../../program/expression.js';
import type { IntType } from '../../program/intType.js';
import type { SemanticType } from '../declarations/semanticType.js';

/**
 * A C value on its way into a program: the expression, C's type (which decides arithmetic), and the type the program gives it (which
 * decides fields: models may have another type for a field than C).
 */
export interface Value {
  readonly expression: Expression;
  readonly type: SemanticType;
  readonly ctype: CType;
  /**
   * Residue of a constant beyond the window: in a program it can be passed on and compared for equality, all else ends the path
   * as a limit.
   */
  readonly large?: bigint;
  /** A pointer that was cast: its expression alone has another type, so that it needs a variable before members are taken of it. */
  readonly retyped?: boolean;
}

/** Something that can be assigned to, or whose address can be taken. */
export interface Place {
  readonly expression: Expression;
  readonly type: SemanticType;
  readonly ctype: CType;
  /** Width of a bit-field. */
  readonly bits?: number;
  /** What of a file-scope variable's first values has no form: who uses it does not see what C sees. */
  readonly incomplete?: string;
  /** Unions that the place is inside of. */
  readonly overlays?: readonly Overlay[];
}

/**
 * A member of a union. The members have words of their own, so that a program says which one was written last (`inUse`: its number from
 * 1, 0 while all of the memory is zero), and reading another one is a limit.
 */
export interface Overlay {
  /** `tag.number` of the union. */
  readonly key: string;
  readonly member: string;
  readonly number: number;
  readonly inUse: Expression;
}

export type IntSemantic = SemanticType & { readonly kind: 'int' };

export const voidType: SemanticType = { kind: 'void' };
export const intType: IntSemantic = { kind: 'int', int: 's32', name: 'int' };
export const longType: IntSemantic = { kind: 'int', int: 's64', name: 'long' };
export const sizeType: IntSemantic = { kind: 'int', int: 'u64', name: 'size_t' };
export const boolType: IntSemantic = { kind: 'int', int: 'bool', name: 'bool' };
export const voidPointer: SemanticType = { kind: 'pointer', to: voidType };

export const intCType: CType = { kind: 'int', name: 'int' };
export const voidPointerCType: CType = { kind: 'pointer', to: { kind: 'void' } };

export function intValue(value: number, text = String(value), type: IntSemantic = intType): Value {
  return { expression: { kind: 'int', value, text }, type, ctype: { kind: 'int', name: type.name } };
}

export function name(text: string): Expression {
  return { kind: 'name', name: text };
}

export function callOf(callee: string, ...args: readonly Expression[]): Expression {
  return { kind: 'call', callee: name(callee), args };
}

/** Width in bits; `bool` counts as 8. */
export function widthOf(type: IntType): number {
  return type === 'bool' ? 8 : Number(type.slice(1));
}

export function isSigned(type: IntType): boolean {
  return type.startsWith('s');
}

/** The type after C's integer promotions. */
export function promoted(type: IntType): IntType {
  return widthOf(type) < 32 ? 's32' : type;
}

/** C's usual arithmetic conversions. */
export function commonType(left: IntType, right: IntType): IntType {
  const [a, b] = [promoted(left), promoted(right)];
  if (a === b) return a;
  if (isSigned(a) === isSigned(b)) return widthOf(a) >= widthOf(b) ? a : b;
  const [signed, unsigned] = isSigned(a) ? [a, b] : [b, a];
  return widthOf(unsigned) >= widthOf(signed) ? unsigned : signed;
}

/** The value of a constant: not its residue. Null for anything else. */
export function constantOf({ expression, type, large }: Value): bigint | null {
  if (expression.kind !== 'int' || type.kind !== 'int') return null;
  const residue = large ?? BigInt(expression.value);
  return isSigned(type.int) ? residue : BigInt.asUintN(widthOf(type.int), residue);
}

/** Whether evaluating it later gives the same: no memory is read and nothing is called. */
export function isStable(expression: Expression): boolean {
  switch (expression.kind) {
    case 'int':
    case 'name':
      return true;
    case 'address':
      return isStablePlace(expression.place);
    case 'unary':
    case 'convert':
      return isStable(expression.operand);
    case 'binary':
      return isStable(expression.left) && isStable(expression.right);
    case 'containerOf':
      return isStable(expression.pointer);
    default:
      return false;
  }
}

/** Whether the place can be named twice without reading memory twice. */
export function isStablePlace(place: Expression): boolean {
  switch (place.kind) {
    case 'name':
      return true;
    case 'member':
      return place.arrow ? isStable(place.base) : isStablePlace(place.base);
    case 'index':
      return (place.pointer === true ? isStable(place.base) : isStablePlace(place.base)) && isStable(place.index);
    case 'deref':
      return isStable(place.pointer);
    default:
      return false;
  }
}
