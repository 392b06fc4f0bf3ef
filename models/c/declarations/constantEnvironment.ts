import type { Expression, MacroDefinition, TypeSyntax } from '../syntax/ast.js';
import type { IntValue } from './integer.js';
import type { SemanticType } from './semanticType.js';

/** What constants are made of beside literals. */
export interface ConstantEnvironment {
  /** Value of an enumerator, or of a name that a table gives; null if it is neither. */
  named(name: string): IntValue | null;
  macro(name: string): MacroDefinition | null;
  /** A use of a function-like macro, or an object-like macro's body, as an expression; null if it is none. */
  expand(macro: MacroDefinition, args: readonly string[], line: number): ExpandedMacro | null;
  /** Of a configuration symbol: `CONFIG_X`. */
  symbol(name: string): number | undefined;
  isTypeName(name: string): boolean;
  resolve(type: TypeSyntax): SemanticType;
  /** Type of an expression over file-scope names, without the decay of arrays. */
  typeOf(expression: Expression): SemanticType | null;
  /** In bytes; null for an incomplete type. */
  sizeOf(type: SemanticType): number | null;
  alignOf(type: SemanticType): number | null;
  /** In bytes, of `a.b[2].c` in a record. */
  offsetOf(type: SemanticType, member: Expression): bigint | null;
}

export interface ExpandedMacro {
  readonly tree: Expression;
  readonly text: string;
}
