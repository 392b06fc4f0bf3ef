import type { CType } from '../../program/cType.js';
import type { BinaryOperator, Expression } from '../../program/expression.js';
import type {
  Expression as CExpression,
  Initialiser,
  MacroArgument,
  Statement as CStatement,
  TypeSyntax,
} from '../syntax/ast.js';
import type { Declarations } from '../declarations/declarations.js';
import type { SemanticType } from '../declarations/semanticType.js';
import type { Emitter } from './emitter.js';
import type { Remark } from './remark.js';
import type { TypeCollector } from './typeMap.js';
import type { Place, Value } from './value.js';
import type { Vocabulary } from './vocabulary.js';

/** What the parts of the lifter, and the intrinsics, may ask of each other while one function is lifted. */
export interface Lifting {
  readonly emitter: Emitter;
  readonly declarations: Declarations;
  readonly types: TypeCollector;
  readonly vocabulary: Vocabulary;

  /** The value of an expression. `expected` is the program's type of the place it goes to: it decides what an allocation makes. */
  value(expression: CExpression, expected?: CType): Value;
  /** The expression for its effects alone. */
  effect(expression: CExpression): void;
  place(expression: CExpression): Place;
  /** The value as another type. */
  converted(value: Value, type: SemanticType): Value;
  /** What a binary operator that is no short circuit makes of two values. */
  combined(operator: Exclude<BinaryOperator, '&&' | '||'>, left: Value, right: Value): Value;
  /** The value as what a place can hold: of its type, and of its width if it is a bit-field. */
  fitted(value: Value, place: Place): Value;
  /** An array type with the length that its initialiser gives it. */
  sized(type: SemanticType, initialiser: Initialiser | null): SemanticType;
  /** 1 or 0, or any number that is true or false. */
  condition(expression: CExpression): Expression;
  /** Assigns; structs member by member. */
  assign(place: Place, value: Value, access?: 'plain' | 'marked' | 'atomic'): void;
  /** Copies or clears every member that anything uses. `from` null clears. */
  copy(to: Place, from: Place | null): void;
  /** The object a pointer points to. */
  pointee(pointer: Value): Place;
  /** A member of an object; `null` with a remark if there is none. */
  member(base: Place, field: string): Place | null;
  addressOf(place: Place): Value;
  statement(statement: CStatement): void;
  /** Statements that a macro stands for: their labels are those of the block around them. */
  statements(body: readonly CStatement[]): void;
  /** The type of an expression, without evaluating it. */
  typeOf(expression: CExpression): Place;
  /** A type as written; `typeof` is the type of its expression. */
  resolve(type: TypeSyntax): SemanticType;
  ctype(type: SemanticType): CType;
  /** A number that only C knows. */
  opaque(what: string, type: SemanticType): Value;
  /** Calls a function of the models or of the source by name, with values as they are. */
  call(name: string, args: readonly Value[]): Value;
  /** Calls what an expression names. A struct is passed by its address, and returned to where a last argument points. */
  called(callee: Expression, values: readonly Value[], type: SemanticType, ctype: CType): Value;
  remark(level: Remark['level'], kind: string, what: string): void;
  /** A remark, and a limit when control gets here; with `ends` the path ends. */
  blocked(kind: string, what: string): void;
}

/** Handles a call by name. `null`: not this one after all. */
export type Intrinsic = (lifting: Lifting, args: readonly MacroArgument[], expected: CType | undefined) => Value | null;

/** The argument as an expression. */
export function expressionOf(argument: MacroArgument | undefined): CExpression | null {
  return argument?.kind === 'expression' ? argument.value : null;
}
