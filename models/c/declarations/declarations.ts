import type { FunctionItem, Initialiser, MacroDefinition, SyntaxProblem, TypeSyntax } from '../syntax/ast.js';
import type { SemanticType, RecordType } from './semanticType.js';
import type { Expression } from '../syntax/ast.js';

/**
 * What is declared for one C file: by itself, by the headers it includes (read lazily, two levels deep; structs and typedefs
 * also below that), and by the table of common constants. Lookups cost nothing until they are made.
 */
export interface Declarations {
  /** File these are the declarations of. */
  readonly file: string;
  /** `struct tag` or `union tag`, members with their types; null if no definition is in sight. */
  record(tag: string): RecordType | null;
  /** What a type as written means: typedefs followed, `typeof` of an expression left to the caller (`null`). */
  resolve(type: TypeSyntax): SemanticType;
  /** A file-scope variable: its type, initialiser and file; null if there is none. */
  variable(name: string): GlobalVariable | null;
  /** Type of a function by its prototype or definition; null if none is in sight. */
  functionType(name: string): (SemanticType & { readonly kind: 'function' }) | null;
  /** A function with a body: of this file, or `static inline` in a header. */
  functionBody(name: string): { readonly item: FunctionItem; readonly file: string } | null;
  macro(name: string): MacroDefinition | null;
  /** Value of an enumerator or a macro that is a constant; `from` says where it was found. Null if it is no constant. */
  constant(name: string): ConstantValue | null;
  /**
   * Value of an integer constant expression (`sizeof`, enumerators, macros, `BIT()`, `_IOWR()` included), or null. Names are those
   * of file scope; `local` gives the type of a name that a block declares (null for others), which is then no constant.
   */
  evaluate(expression: Expression, local?: (name: string) => SemanticType | null): ConstantValue | null;
  /** Size in bytes on a 64-bit little-endian machine with natural alignment; null where a type is incomplete. */
  sizeOf(type: SemanticType): number | null;
  /** A `typedef`'s name, for the parser. */
  isTypeName(name: string): boolean;
  /** What went wrong in headers: missing, too large, unparsable. Grows as lookups are made. */
  readonly problems: readonly SyntaxProblem[];
}

export interface GlobalVariable {
  readonly name: string;
  readonly type: SemanticType;
  readonly initialiser: Initialiser | null;
  /** Defined here, rather than `extern`. */
  readonly defined: boolean;
  readonly isStatic: boolean;
  readonly isConst: boolean;
  readonly file: string;
  readonly line: number;
}

export interface ConstantValue {
  readonly value: bigint;
  readonly type: SemanticType & { readonly kind: 'int' };
  /** The outermost name it was asked by, or the text of the expression. */
  readonly from: string;
}
