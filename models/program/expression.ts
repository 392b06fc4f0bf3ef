/**
 * Expressions as they stand in a function's body, before lowering. They are C's, restricted to what lifecycles need: there
 * is no assignment inside an expression, and a call may stand anywhere.
 */
export type Expression =
  /** An integer; NULL is 0, `-ENOMEM` is -12, an error pointer is the same word as its errno, as in C. */
  | { readonly kind: 'int'; readonly value: number; readonly text: string }
  /** A local variable, a parameter, a function, a global variable or a constant; the linker tells which. */
  | { readonly kind: 'name'; readonly name: string }
  /** `base.field` (base is an object) or `base->field` (base is a pointer). */
  | { readonly kind: 'member'; readonly base: Expression; readonly field: string; readonly arrow: boolean }
  /** `base[index]`. */
  | { readonly kind: 'index'; readonly base: Expression; readonly index: Expression }
  /** `*pointer`. */
  | { readonly kind: 'deref'; readonly pointer: Expression }
  /** `&place`. */
  | { readonly kind: 'address'; readonly place: Expression }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
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
  '+' | '-' | '*' | '/' | '&' | '|' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';
