/**
 * Programs: what a function's body becomes before linking.
 *
 * Pipeline: `FunctionDefinition` (statements) → `lowerFunction` → `Program` (this file: a control-flow graph whose nodes
 * make at most one memory access each) → linker (`checker/system`: slots, offsets, tables) → interpreter or generated code.
 */
import type { FunctionDefinition } from './functionDefinition.js';
import type { BinaryOperator, UnaryOperator } from './expression.js';
import type { IntType } from './intType.js';
import type { CType } from './cType.js';
import type { PropertyId } from './propertyId.js';
import type { SourceSpan } from './sourceSpan.js';
import type { Access } from './statement.js';

/** Index of a node in `Program.nodes`. */
export type NodeId = number;

/** A value computed from local variables alone: no memory access, no call. */
export type Operand =
  | { readonly kind: 'int'; readonly value: number; readonly text: string }
  /** A local variable, parameter or temporary. */
  | { readonly kind: 'local'; readonly name: string }
  /** A function, a global variable's address or a named constant; resolved by the linker. */
  | { readonly kind: 'symbol'; readonly name: string }
  /** `&base->path`: exact, also when `base` is NULL. */
  | { readonly kind: 'member'; readonly base: Operand; readonly path: readonly string[] }
  /** `&base[index]`, where `base` points to an array. Outside the array it has no value. */
  | { readonly kind: 'element'; readonly base: Operand; readonly index: Operand }
  /** `base + index`, where `base` is a pointer. Outside the array that it points into it has no value. */
  | { readonly kind: 'offset'; readonly base: Operand; readonly index: Operand }
  | { readonly kind: 'containerOf'; readonly base: Operand; readonly tag: string; readonly path: readonly string[] }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Operand;
      readonly arithmetic?: IntType;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Operand;
      readonly right: Operand;
      readonly arithmetic?: IntType;
    }
  | { readonly kind: 'convert'; readonly from: IntType; readonly to: IntType; readonly operand: Operand };

/** Every node carries its source and prints as one line. */
export type Node = { readonly span: SourceSpan } &
  /** `dst = value` */
  (
    | { readonly kind: 'assign'; readonly dst: string; readonly value: Operand; readonly next: NodeId }
    /** `dst = *address` */
    | {
        readonly kind: 'load';
        readonly dst: string;
        readonly address: Operand;
        readonly access: Access;
        readonly next: NodeId;
      }
    /** `*address = value` */
    | {
        readonly kind: 'store';
        readonly address: Operand;
        readonly value: Operand;
        readonly access: Access;
        readonly next: NodeId;
      }
    /** `dst = @event(cell, args)`: one lifecycle transition; waits while the lifecycle does not accept the event. */
    | {
        readonly kind: 'event';
        readonly dst: string | null;
        readonly cell: Operand;
        readonly event: string;
        readonly args: readonly Operand[];
        readonly next: NodeId;
      }
    /** A call by name: of a kernel API model if the callee is one, else of a function of the revision. */
    | {
        readonly kind: 'call';
        readonly dst: string | null;
        readonly callee: string;
        readonly args: readonly Operand[];
        readonly next: NodeId;
      }
    /** A call through a pointer; `slot` is the field of the ops table it was loaded from, if any (its struct is the linker's). */
    | {
        readonly kind: 'callIndirect';
        readonly dst: string | null;
        readonly target: Operand;
        readonly slot: string | null;
        readonly args: readonly Operand[];
        readonly next: NodeId;
      }
    | { readonly kind: 'branch'; readonly condition: Operand; readonly then: NodeId; readonly otherwise: NodeId }
    | {
        readonly kind: 'choose';
        readonly name: string;
        /** The value of an `opaque` node: not for the environment to decide during setup, which takes the first one. */
        readonly opaque?: boolean;
        readonly alternatives: readonly { readonly name: string; readonly fault: boolean; readonly next: NodeId }[];
      }
    /** Waits until the loaded value is not 0. `address` is read atomically. */
    | { readonly kind: 'await'; readonly address: Operand; readonly next: NodeId }
    /** `stack` marks the memory of an address-taken or aggregate local: freed when the function returns. */
    | {
        readonly kind: 'alloc';
        readonly dst: string;
        readonly tag: string;
        readonly zeroed: boolean;
        readonly stack: boolean;
        readonly next: NodeId;
      }
    | { readonly kind: 'free'; readonly pointer: Operand; readonly stack: boolean; readonly next: NodeId }
    | {
        readonly kind: 'report';
        readonly property: PropertyId;
        readonly what: string;
        readonly ends: boolean;
        readonly next: NodeId;
      }
    /** The model ends here, or is not exact from here on; see `Statement`. */
    | { readonly kind: 'limit'; readonly what: string; readonly ends: boolean; readonly next: NodeId }
    /** `dst` = a number nobody knows; the linker puts choices in its place. */
    | {
        readonly kind: 'opaque';
        readonly dst: string;
        readonly what: string;
        readonly type: IntType;
        readonly next: NodeId;
      }
    | { readonly kind: 'return'; readonly value: Operand | null }
  );

/** A lowered function. */
export interface Program {
  readonly definition: FunctionDefinition;
  /** Parameters first, then declared locals, then temporaries (`%1`, …; their type is inferred by the linker). */
  readonly variables: readonly { readonly name: string; readonly type: CType | null }[];
  /** Entry is node 0. */
  readonly nodes: readonly Node[];
}

/** The nodes control can reach directly from `node`, in order: `then` before `otherwise`, alternatives in order. */
export function successorsOf(node: Node): readonly NodeId[] {
  switch (node.kind) {
    case 'branch':
      return [node.then, node.otherwise];
    case 'choose':
      return node.alternatives.map((alternative) => alternative.next);
    case 'return':
      return [];
    default:
      return [node.next];
  }
}
