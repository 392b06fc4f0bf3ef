import type { IntType } from './intType.js';

/**
 * Expressions as they stand in a function's body, before lowering. They are C's, restricted to what lifecycles need: there
 * is no assignment inside an expression, and a call may stand anywhere.
 *
 * Numbers: without `arithmetic`, operators compute with small integers that never overflow, as hand-written models do. With it
 * they compute modulo that type, as C does after the usual arithmetic conversions, on residues (`intArithmetic.ts`); the
 * operands have to be of the type already (`convert`). A result that cannot be stored ends the path as a limit.
 */
export type Expression =
  /** An integer; NULL is 0, `-ENOMEM` is -12, an error pointer is the same word as its errno, as in C. */
  | { readonly kind: 'int'; readonly value: number; readonly text: string }
  /** A local variable, a parameter, a function, a global variable or a constant; the linker tells which. */
  | { readonly kind: 'name'; readonly name: string }
  /** `base.field` (base is an object) or `base->field` (base is a pointer). */
  | { readonly kind: 'member'; readonly base: Expression; readonly field: string; readonly arrow: boolean }
  /**
   * `base[index]`. `base` is an array's place, or, if `pointer` is set, a pointer's value. Types are known at link time only,
   * so who makes the expression has to say which; an array that decays is `&base[0]`, pointer plus integer `&base[index]` with
   * `pointer` set.
   */
  | { readonly kind: 'index'; readonly base: Expression; readonly index: Expression; readonly pointer?: boolean }
  /** `*pointer`. */
  | { readonly kind: 'deref'; readonly pointer: Expression }
  /** `&place`. */
  | { readonly kind: 'address'; readonly place: Expression }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      /** Type of the operand and of the result, for `-` and `~`. */
      readonly arithmetic?: IntType;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      /** Type of both operands; for a shift of the left one. */
      readonly arithmetic?: IntType;
    }
  /** `(to)operand`. Pointers pass unchanged between 64-bit types. */
  | { readonly kind: 'convert'; readonly from: IntType; readonly to: IntType; readonly operand: Expression }
  /** A number nobody knows, for example user data; the linker chooses what it may be (`checker/system/opaqueValues.ts`). */
  | { readonly kind: 'opaque'; readonly what: string; readonly type: IntType }
  /** `callee(args)`; `callee` is a name (function, or local holding a function) or a field of an ops table. */
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  /**
   * `@event(cell, args)`: applies a lifecycle's event to the cell that the first argument points to, and yields what the
   * operation returns. `@lock(&m)` waits while the mutex is held.
   */
  | { readonly kind: 'event'; readonly event: string; readonly cell: Expression; readonly args: readonly Expression[] }
  /** `container_of(pointer, struct tag, path)`. */
  | {
      readonly kind: 'containerOf';
      readonly pointer: Expression;
      readonly tag: string;
      readonly path: readonly string[];
    };

/** `IS_ERR` is the kernel's macro: true for -4095 … -1. */
export type UnaryOperator = '!' | '-' | '~' | 'IS_ERR';
export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';
