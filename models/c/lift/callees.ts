import type { FunctionDefinition } from '../../program/functionDefinition.js';
import type { MacroDefinition } from '../syntax/ast.js';

/**
 * What a name that is called means, in this order: a kernel API model, a function with source (of the analysed files, or static inline
 * in a header), a macro, the environment, or nothing that is known.
 */
export type Callee =
  | { readonly kind: 'kernel'; readonly definition: FunctionDefinition }
  /** `name` is the program's: static functions of the same name in two files have different ones. */
  | { readonly kind: 'source'; readonly name: string }
  | { readonly kind: 'macro'; readonly macro: MacroDefinition }
  | { readonly kind: 'environment'; readonly definition: FunctionDefinition }
  | { readonly kind: 'unknown' };

/** Looks names up as one file sees them. */
export type CalleeLookup = (name: string) => Callee;
