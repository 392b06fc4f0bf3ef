import type { IntType } from '../../program/intType.js';

/** What a C type means, with everything needed to give expressions C's semantics. LP64: `long` and pointers have 64 bits. */
export type SemanticType =
  | { readonly kind: 'void' }
  /** `name` is the spelling that reports use (`size_t`, `enum dma_data_direction`); `int` its width and signedness. */
  | { readonly kind: 'int'; readonly int: IntType; readonly name: string }
  | { readonly kind: 'float' }
  /**
   * By tag, so that types may be recursive; look it up with `Declarations.record`. An anonymous one has the name of its `typedef`
   * (`refcount_t`) for a tag, or one made of its place.
   */
  | { readonly kind: 'record'; readonly record: 'struct' | 'union'; readonly tag: string }
  | { readonly kind: 'pointer'; readonly to: SemanticType }
  /** Null for `[]` and for lengths that are no constant. */
  | { readonly kind: 'array'; readonly of: SemanticType; readonly length: number | null }
  | {
      readonly kind: 'function';
      readonly returns: SemanticType;
      readonly parameters: readonly { readonly name: string | null; readonly type: SemanticType }[];
      readonly variadic: boolean;
    }
  /** `typeof` of something only the lifter can type, a type macro nobody defines, an undeclared name. `text` is for messages. */
  | { readonly kind: 'unknown'; readonly text: string };

/** A struct or union with its members. */
export interface RecordType {
  readonly record: 'struct' | 'union';
  readonly tag: string;
  readonly file: string;
  readonly line: number;
  /** Members of anonymous structs and unions stand here as members of their own, with the same `overlay`. */
  readonly fields: readonly RecordField[];
}

export interface RecordField {
  readonly name: string;
  readonly type: SemanticType;
  readonly line: number;
  /** Width of a bit-field, else null. */
  readonly bits: number | null;
  /** Number of the (anonymous) union it shares memory in, null outside unions. In a `union`, all members have 0. */
  readonly overlay: number | null;
  /** Which of the union's own members it belongs to, from 0: members of one anonymous struct in it share a number, not memory. */
  readonly alternative: number;
  /** From kernel-doc: `@size: [in/out] …` of the struct, or a comment beside the member. */
  readonly documented: 'in' | 'out' | 'in/out' | null;
}
