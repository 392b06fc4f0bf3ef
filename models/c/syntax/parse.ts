import type { Expression, Statement, TranslationUnit, TypeName } from './ast.js';

/** What the parser is told beside the text. */
export interface ParseOptions {
  /** Path shown in messages. */
  readonly file: string;
  /** Decides `#if`s; see `configuration.ts`. */
  readonly configuration: Configuration;
  /** Names known to be types beyond `u32`, `x_t`, what the file itself defines: `typedef`s of headers. */
  readonly isTypeName?: (name: string) => boolean;
}

/** How conditional compilation is decided. */
export interface Configuration {
  /** Value of a symbol: a number, `undefined` for not defined. `reason` goes into the list of decisions. */
  symbol(name: string): { readonly value: number | undefined; readonly reason: string };
}

/**
 * Parses one file of kernel C. Never throws on any input, and takes time linear in its length; nesting deeper than a few
 * hundred levels becomes one `bad` node.
 */
export declare function parseTranslationUnit(text: string, options: ParseOptions): TranslationUnit;

/** A piece of C that came out of a macro: every node gets `line`. */
export interface FragmentOptions extends ParseOptions {
  readonly line: number;
}

/** Parses an expanded macro as an expression, statements (any number), or a type name; `null` with the reason if it is none. */
export declare function parseFragment(
  text: string,
  as: 'expression',
  options: FragmentOptions,
): { readonly tree: Expression } | { readonly tree: null; readonly message: string };
export declare function parseFragment(
  text: string,
  as: 'statements',
  options: FragmentOptions,
): { readonly tree: readonly Statement[] } | { readonly tree: null; readonly message: string };
export declare function parseFragment(
  text: string,
  as: 'type',
  options: FragmentOptions,
): { readonly tree: TypeName } | { readonly tree: null; readonly message: string };

/**
 * Replaces a use of a function-like macro by its body: parameters substituted (`#x`, `a##b`, `__VA_ARGS__`, `, ##args`), not
 * rescanned. `args` are texts. Null if the number of arguments does not fit.
 */
export declare function expandMacro(
  macro: { readonly name: string; readonly parameters: readonly string[] | null; readonly body: string },
  args: readonly string[],
): string | null;
