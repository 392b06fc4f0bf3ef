/**
 * The syntax tree of one C file, as kernel code is written: before any preprocessing but the choice between branches of
 * `#if`. Macros stay what they look like: calls, names, loops, annotations. What they mean is for `lift/` to say.
 *
 * `line` is 1-based and of the file that was parsed. Code that comes out of a macro's body carries the line of the macro's
 * use (see `parseFragment`), so that a message is about a line its reader can find.
 *
 * Every tree is complete: what could not be parsed is a `bad` statement, expression or item with a message, and appears in
 * `TranslationUnit.problems` too; of members of structs and unions only in `problems`. Chains of `else if` may be thousands of
 * statements deep, everything else nests less than a few hundred (operators of one strength: two thousand) levels. A tree without problems is what a C compiler would see, if every macro does what its shape
 * promises; a `macroLoop` is a promise that the lifter must verify.
 */

/** A parsed file. */
export interface TranslationUnit {
  /** Path in the kernel tree, as given. */
  readonly file: string;
  readonly items: readonly Item[];
  readonly problems: readonly SyntaxProblem[];
  /** Every `#if`, `#ifdef` … and how it was decided, in the order of the file. */
  readonly conditionals: readonly ConditionalDecision[];
  /** `#define`s that are in effect somewhere in the file, last one of a name wins. */
  readonly macros: ReadonlyMap<string, MacroDefinition>;
  /** Those that the file defines again as something else: which definition a use means depends on where it stands. */
  readonly redefined: ReadonlySet<string>;
  /** In order. */
  readonly includes: readonly Include[];
}

/** Something that could not be parsed, or not with certainty. */
export interface SyntaxProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /**
   * `error`: part of the tree is missing (a `bad` node stands for it). `note`: parsed, with a guess that the message names.
   */
  readonly severity: 'error' | 'note';
  /** What was expected and what was found, and where possible what to do. */
  readonly message: string;
  /** Function it lies in, if any: problems cost at most one function each. */
  readonly function: string | null;
}

export interface ConditionalDecision {
  readonly line: number;
  /** The directive as written, white space normalised: `#ifdef CONFIG_OPTEE`, `#elif defined(X)`. */
  readonly directive: string;
  readonly taken: boolean;
  /** Why: `policy: CONFIG_ symbols are set`, `.config: CONFIG_X is not set`, `defined in this file` … */
  readonly reason: string;
}

export interface Include {
  readonly line: number;
  readonly path: string;
  /** `<…>` rather than `"…"`. */
  readonly system: boolean;
}

export interface MacroDefinition {
  readonly name: string;
  /** Null for an object-like macro. `...` is the last element of a variadic one, `args...` is kept as written. */
  readonly parameters: readonly string[] | null;
  /** Replacement text, line continuations joined, comments removed. */
  readonly body: string;
  readonly file: string;
  readonly line: number;
}

/** Something at file scope. */
export type Item =
  | FunctionItem
  | DeclarationItem
  /** `MODULE_LICENSE("GPL");`, `EXPORT_SYMBOL_GPL(x);`, `DEFINE_MUTEX(m);`, `static DECLARE_BITMAP(…)`, with or without `;`. */
  | {
      readonly kind: 'macroCall';
      readonly line: number;
      readonly storage: readonly string[];
      readonly name: string;
      readonly args: readonly MacroArgument[];
    }
  | { readonly kind: 'asm'; readonly line: number }
  | { readonly kind: 'bad'; readonly line: number; readonly endLine: number; readonly message: string };

/**
 * A function with a body. `SYSCALL_DEFINE2(open, …)` is `sys_open` with its parameters, `COMPAT_SYSCALL_DEFINE…` `compat_sys_…`;
 * other headers that are macros give the name `MACRO(first argument)`, no parameters, and a note. The macro is an attribute.
 */
export interface FunctionItem {
  readonly kind: 'function';
  readonly name: string;
  /** Line of the name, and of the closing brace. */
  readonly line: number;
  readonly endLine: number;
  /** `static`, `inline`, `extern`, `__always_inline`, in order of appearance. */
  readonly storage: readonly string[];
  /** Annotations: `__must_check`, `__init`, `__acquires(x)` as written. */
  readonly attributes: readonly Attribute[];
  readonly type: TypeSyntax & { readonly kind: 'function' };
  readonly body: Statement & { readonly kind: 'block' };
}

/**
 * A declaration at file scope or in a block: one list of specifiers, any number of names. `DEFINE_PER_CPU(int, x) = 1;` and
 * `DECLARE_BITMAP(map, 8) = { 0 };` declare `x` and `map` with a type that is a `macro`.
 */
export interface DeclarationItem {
  readonly kind: 'declaration';
  readonly line: number;
  /** `typedef`, `static`, `extern`, `register`, … */
  readonly storage: readonly string[];
  readonly attributes: readonly Attribute[];
  /** The specifiers' type: what defines a struct, union or enum stands here also when no name is declared. */
  readonly base: TypeSyntax;
  readonly names: readonly DeclaredName[];
}

export interface DeclaredName {
  readonly name: string;
  readonly line: number;
  readonly type: TypeSyntax;
  readonly initialiser: Initialiser | null;
  readonly attributes: readonly Attribute[];
  /** Width of a bit-field. */
  readonly bits: Expression | null;
}

/**
 * `__free(kfree)` is `{ name: '__free', args: [kfree] }`; `__user` has null. `__attribute__((cleanup(f)))` is `cleanup`.
 * Qualifiers are attributes too: `const` among the specifiers of the declaration, `* const` of the declared name.
 */
export interface Attribute {
  readonly name: string;
  readonly args: readonly MacroArgument[] | null;
}

/** A type as written. Names are not resolved. */
export type TypeSyntax =
  /** An arithmetic type by its canonical name: `void`, `_Bool`, `char`, `signed char`, `unsigned long`, `float`, `__int128` … */
  | { readonly kind: 'base'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'record';
      readonly record: 'struct' | 'union';
      /** Null for an anonymous one. */
      readonly tag: string | null;
      /** Null where it is only named. */
      readonly fields: readonly FieldSyntax[] | null;
      readonly line: number;
      readonly endLine: number;
    }
  | {
      readonly kind: 'enum';
      readonly tag: string | null;
      readonly enumerators:
        readonly { readonly name: string; readonly value: Expression | null; readonly line: number }[] | null;
      readonly line: number;
    }
  | { readonly kind: 'pointer'; readonly to: TypeSyntax }
  /** `length` is null for `[]`. */
  | { readonly kind: 'array'; readonly of: TypeSyntax; readonly length: Expression | null }
  | {
      readonly kind: 'function';
      readonly returns: TypeSyntax;
      readonly parameters: readonly ParameterSyntax[];
      readonly variadic: boolean;
    }
  /** `typeof(x)`, `__auto_type` (of null). */
  | { readonly kind: 'typeof'; readonly of: Expression | TypeName | null }
  /** A macro that stands for a type or a field: `DECLARE_BITMAP(…)` in a struct, `class_mutex_t` is a `name`. */
  | { readonly kind: 'macro'; readonly name: string; readonly args: readonly MacroArgument[] };

export interface ParameterSyntax {
  /** Null in a prototype without names. */
  readonly name: string | null;
  readonly type: TypeSyntax;
  readonly attributes: readonly Attribute[];
}

/** A member of a struct or union. */
export interface FieldSyntax {
  /** Null for an anonymous struct or union, whose members are members of the outer one, and for a padding bit-field. */
  readonly name: string | null;
  readonly type: TypeSyntax;
  readonly bits: Expression | null;
  readonly line: number;
  readonly attributes: readonly Attribute[];
}

/** A type in an expression: `sizeof(struct x)`, a cast. */
export interface TypeName {
  readonly kind: 'typeName';
  readonly line: number;
  readonly type: TypeSyntax;
}

/** Statements. Every one has the line it begins on. */
export type Statement = { readonly line: number } & (
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'declaration'; readonly declaration: DeclarationItem }
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly endLine: number }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: Statement;
      readonly otherwise: Statement | null;
    }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement }
  /** A macro that ends the loop, `} while_each_thread(…);`, is the condition, with a note. */
  | { readonly kind: 'do'; readonly body: Statement; readonly condition: Expression }
  | {
      readonly kind: 'for';
      readonly initial: Expression | DeclarationItem | null;
      readonly condition: Expression | null;
      readonly step: Expression | null;
      readonly body: Statement;
    }
  | { readonly kind: 'switch'; readonly value: Expression; readonly body: Statement }
  /** `case low:` or, as GNU C has it, `case low ... high:`. Labels stand in the statement list, their statement follows. */
  | { readonly kind: 'case'; readonly low: Expression; readonly high: Expression | null }
  | { readonly kind: 'default' }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'goto'; readonly label: string }
  /** `goto *pointer;` */
  | { readonly kind: 'computedGoto'; readonly target: Expression }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return'; readonly value: Expression | null }
  /** A call followed by a statement or block: `list_for_each_entry(…) { … }`, `scoped_guard(…) stmt`. */
  | {
      readonly kind: 'macroLoop';
      readonly name: string;
      readonly args: readonly MacroArgument[];
      readonly body: Statement;
    }
  /** A macro that stands for a declaration: `DEFINE_DMA_BUF_EXPORT_INFO(x);`, `DECLARE_COMPLETION_ONSTACK(c);` is this too. */
  | { readonly kind: 'nestedFunction'; readonly function: FunctionItem }
  | { readonly kind: 'asm'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly message: string; readonly endLine: number }
);

/** Expressions. Parentheses leave no node. */
export type Expression = { readonly line: number } & (
  | {
      readonly kind: 'int';
      readonly value: bigint;
      readonly unsigned: boolean;
      readonly long: boolean;
      readonly text: string;
    }
  | { readonly kind: 'char'; readonly value: number; readonly text: string }
  /** Adjacent literals joined, without quotes, escapes as written; a macro between them is `<PRIu64>`. */
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'float'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly base: Expression; readonly field: string; readonly arrow: boolean }
  | { readonly kind: 'index'; readonly base: Expression; readonly index: Expression }
  /** `&x`, `*x`, `+x`, `-x`, `~x`, `!x`, and `&&label`. */
  | {
      readonly kind: 'unary';
      readonly operator: '&' | '*' | '+' | '-' | '~' | '!' | '&&';
      readonly operand: Expression;
    }
  | {
      readonly kind: 'increment';
      readonly operator: '++' | '--';
      readonly prefix: boolean;
      readonly operand: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** `=` has operator null, `+=` has `'+'`. */
  | {
      readonly kind: 'assign';
      readonly operator: BinaryOperator | null;
      readonly place: Expression;
      readonly value: Expression;
    }
  /** `then` is null for `x ?: y`. */
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression | null;
      readonly otherwise: Expression;
    }
  | { readonly kind: 'comma'; readonly left: Expression; readonly right: Expression }
  /** Also a use of a function-like macro. */
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly MacroArgument[] }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expression }
  | { readonly kind: 'sizeof'; readonly of: Expression | TypeName; readonly operator: 'sizeof' | 'alignof' }
  | { readonly kind: 'compoundLiteral'; readonly type: TypeName; readonly initialiser: Initialiser & { kind: 'list' } }
  | { readonly kind: 'statementExpression'; readonly body: Statement & { readonly kind: 'block' } }
  | {
      readonly kind: 'generic';
      readonly control: Expression;
      readonly cases: readonly { readonly type: TypeName | null; readonly value: Expression }[];
    }
  | { readonly kind: 'offsetof'; readonly type: TypeName; readonly member: Expression }
  | { readonly kind: 'bad'; readonly message: string }
);

export type BinaryOperator =
  '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&' | '^' | '|' | '&&' | '||';

/**
 * An argument of a call or macro: an expression where it is one, else a type (`container_of(p, struct x, m)`), a statement
 * (`scoped_cond_guard(…, return -EINTR, …)`) or raw tokens. `text` is the source, white space normalised: what is pasted
 * when a macro is expanded.
 */
export type MacroArgument =
  | { readonly kind: 'expression'; readonly value: Expression; readonly text: string }
  | { readonly kind: 'type'; readonly value: TypeName; readonly text: string }
  | { readonly kind: 'statement'; readonly value: Statement; readonly text: string }
  | { readonly kind: 'tokens'; readonly text: string };

export type Initialiser =
  | { readonly kind: 'expression'; readonly value: Expression }
  | { readonly kind: 'list'; readonly line: number; readonly elements: readonly InitialiserElement[] };

/** `.a.b = x`, `[3] = x`, `[1 ... 3] = x`, or a plain `x`, which takes the next place. */
export interface InitialiserElement {
  readonly designators: readonly Designator[];
  readonly value: Initialiser;
}

export type Designator =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly low: Expression; readonly high: Expression | null };
