import type { CType } from '../../../program/cType.js';
import type { Expression } from '../../../program/expression.js';
import type { Expression as CExpression } from '../../syntax/ast.js';
import type { SemanticType } from '../../declarations/semanticType.js';
import type { Intrinsic, Lifting } from '../lifting.js';
import { expressionOf } from '../lifting.js';
import type { Value } from '../value.js';
import { callOf, name } from '../value.js';

/** Where an allocator's arguments stand; -1 for none. */
interface Allocator {
  readonly size: number;
  readonly gfp: number;
  /** Number of elements. */
  readonly count: number;
  readonly zeroed: boolean;
  /** What is copied into the new memory. */
  readonly source?: number;
}

/** include/linux/slab.h, mm/util.c, drivers/base/devres.c, v6.12. */
const allocators: Readonly<Record<string, Allocator>> = {
  kzalloc: { size: 0, gfp: 1, count: -1, zeroed: true },
  kmalloc: { size: 0, gfp: 1, count: -1, zeroed: false },
  kzalloc_node: { size: 0, gfp: 1, count: -1, zeroed: true },
  kmalloc_node: { size: 0, gfp: 1, count: -1, zeroed: false },
  kvzalloc: { size: 0, gfp: 1, count: -1, zeroed: true },
  kvmalloc: { size: 0, gfp: 1, count: -1, zeroed: false },
  vzalloc: { size: 0, gfp: -1, count: -1, zeroed: true },
  vmalloc: { size: 0, gfp: -1, count: -1, zeroed: false },
  kcalloc: { size: 1, gfp: 2, count: 0, zeroed: true },
  kvcalloc: { size: 1, gfp: 2, count: 0, zeroed: true },
  kmalloc_array: { size: 1, gfp: 2, count: 0, zeroed: false },
  kvmalloc_array: { size: 1, gfp: 2, count: 0, zeroed: false },
  devm_kzalloc: { size: 1, gfp: 2, count: -1, zeroed: true },
  devm_kmalloc: { size: 1, gfp: 2, count: -1, zeroed: false },
  devm_kcalloc: { size: 2, gfp: 3, count: 1, zeroed: true },
  kmemdup: { size: 1, gfp: 2, count: -1, zeroed: false, source: 0 },
};

/** An allocation is a statement: it needs a type, which C says by a size. */
function allocate(text: string, allocator: Allocator): Intrinsic {
  return (lifting, args, expected) => {
    const size = expressionOf(args[allocator.size]);
    if (!size) return null;
    const { pointee, ctype, stands } = typeOfMemory(lifting, size, expected);
    const count = allocator.count < 0 ? null : expressionOf(args[allocator.count]);
    const counted = count ? lifting.emitter.kept(lifting.value(count)) : null;
    const source = allocator.source === undefined ? null : expressionOf(args[allocator.source]);
    const from = source ? lifting.emitter.kept(lifting.value(source)) : null;
    if (text.startsWith('devm_'))
      lifting.remark('abstracted', 'managed memory', `${text}(): the memory is not freed when the driver is unbound`);
    if (counted && stands === 'one element') oneElement(lifting, counted);
    sleep(lifting, expressionOf(args[allocator.gfp]));
    const place = lifting.emitter.temporary({ kind: 'pointer', to: ctype });
    const tag = ctype.kind === 'struct' ? ctype.tag : '';
    const { zeroed } = allocator;
    const done = lifting.emitter.within(() => lifting.emitter.emit({ kind: 'alloc', place, tag, zeroed }));
    const failed = lifting.emitter.within(() =>
      lifting.emitter.emit({ kind: 'assign', place, value: { kind: 'int', value: 0, text: 'NULL' }, access: 'plain' }),
    );
    const value: Value = {
      expression: place,
      type: { kind: 'pointer', to: pointee },
      ctype: { kind: 'pointer', to: ctype },
    };
    if (from) {
      const copied = lifting.emitter.within(() => {
        if (from.ctype.kind === 'pointer' && from.ctype.to.kind === 'struct')
          lifting.copy(lifting.pointee(value), lifting.pointee(from));
        else lifting.remark('abstracted', 'bytes', `${text}() of something that is no struct`);
      });
      done.push(...copied);
    }
    lifting.emitter.emit({
      kind: 'choose',
      name: text,
      alternatives: [
        { name: 'success', fault: false, body: done },
        { name: 'NULL', fault: true, body: failed },
      ],
    });
    return value;
  };
}

/** Memory that is no struct: a buffer, an array of numbers. */
const untypedTag = 'untyped_memory';

/** What is allocated: by `sizeof`, else by the pointer it goes to. */
function typeOfMemory(
  lifting: Lifting,
  size: CExpression,
  expected: CType | undefined,
): { pointee: SemanticType; ctype: CType; stands: 'one element' | 'all' } {
  const type = sizeType(lifting, size);
  if (type?.kind === 'record') {
    const ctype = lifting.ctype(type);
    if (ctype.kind === 'struct') return { pointee: type, ctype, stands: 'one element' };
  }
  if (expected?.kind === 'pointer' && expected.to.kind === 'struct') {
    // The models have a type of their own for such an array, for example of pages: one object stands for all.
    return { pointee: type ?? { kind: 'unknown', text: expected.to.tag }, ctype: expected.to, stands: 'all' };
  }
  const array = arrayOfPointers(lifting, expected);
  if (array) return { pointee: type ?? { kind: 'unknown', text: array.tag }, ctype: array, stands: 'all' };
  lifting.remark('abstracted', 'bytes', 'memory that is no struct: one word stands for its content');
  return {
    pointee: type ?? { kind: 'int', int: 'u8', name: 'u8' },
    ctype: lifting.types.untyped(untypedTag),
    stands: 'all',
  };
}

/** `struct page **`: the models know arrays of pointers to some structs, as `struct page_array`; a pointer to it is one to its elements. */
function arrayOfPointers(lifting: Lifting, expected: CType | undefined): (CType & { kind: 'struct' }) | null {
  if (expected?.kind !== 'pointer' || expected.to.kind !== 'pointer' || expected.to.to.kind !== 'struct') return null;
  const tag = `${expected.to.to.tag}_array`;
  return lifting.vocabulary.structType(tag) ? { kind: 'struct', tag } : null;
}

function sizeType(lifting: Lifting, size: CExpression): SemanticType | null {
  if (size.kind === 'sizeof')
    return size.of.kind === 'typeName' ? lifting.resolve(size.of.type) : lifting.typeOf(size.of).type;
  if (size.kind === 'call' && size.callee.kind === 'name' && size.callee.name.startsWith('struct_size')) {
    const pointer = expressionOf(size.args[0]);
    const type = pointer ? lifting.typeOf(pointer).type : null;
    return type?.kind === 'pointer' ? type.to : null;
  }
  if (size.kind === 'binary' && (size.operator === '+' || size.operator === '*'))
    return sizeType(lifting, size.left) ?? sizeType(lifting, size.right);
  return null;
}

/** Arrays whose length is known only at run time have one element: more of them is more than this model has. */
function oneElement(lifting: Lifting, count: Value): void {
  if (count.expression.kind === 'int' && count.expression.value <= 1) return;
  const limit = lifting.emitter.within(() =>
    lifting.emitter.emit({
      kind: 'limit',
      what: 'an array with more than one element: one stands for all',
      ends: false,
    }),
  );
  const one: Expression = { kind: 'int', value: 1, text: '1' };
  lifting.emitter.emit({
    kind: 'if',
    condition: { kind: 'binary', operator: '>', left: count.expression, right: one },
    then: limit,
    otherwise: [],
  });
}

/** An allocation that may wait for memory may sleep. */
function sleep(lifting: Lifting, gfp: CExpression | null): void {
  const mightSleep = () => lifting.emitter.emit({ kind: 'run', expression: callOf('might_sleep') });
  if (gfp === null) return mightSleep();
  const names = namesIn(gfp);
  if (names.some((text) => ['GFP_ATOMIC', 'GFP_NOWAIT', '__GFP_ATOMIC'].includes(text))) return;
  if (names.some((text) => /^_*GFP_/.test(text))) return mightSleep();
  const value = lifting.emitter.kept(lifting.value(gfp));
  const then = lifting.emitter.within(mightSleep);
  lifting.emitter.emit({
    kind: 'if',
    condition: { kind: 'binary', operator: '==', left: value.expression, right: name('GFP_KERNEL') },
    then,
    otherwise: [],
  });
}

function namesIn(expression: CExpression): string[] {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind === 'binary') return [...namesIn(expression.left), ...namesIn(expression.right)];
  return [];
}

/** Strings are some pointer; what they contain is of no interest, but their memory is. */
function duplicate(text: string): Intrinsic {
  return (lifting, args) => {
    const source = expressionOf(args[text.startsWith('devm_') ? 1 : 0]);
    if (source) lifting.effect(source);
    lifting.emitter.emit({ kind: 'run', expression: callOf('might_sleep') });
    const ctype = lifting.types.untyped(untypedTag);
    const place = lifting.emitter.temporary({ kind: 'pointer', to: ctype });
    const done = lifting.emitter.within(() =>
      lifting.emitter.emit({ kind: 'alloc', place, tag: untypedTag, zeroed: true }),
    );
    const failed = lifting.emitter.within(() =>
      lifting.emitter.emit({ kind: 'assign', place, value: { kind: 'int', value: 0, text: 'NULL' }, access: 'plain' }),
    );
    lifting.emitter.emit({
      kind: 'choose',
      name: text,
      alternatives: [
        { name: 'success', fault: false, body: done },
        { name: 'NULL', fault: true, body: failed },
      ],
    });
    return {
      expression: place,
      type: { kind: 'pointer', to: { kind: 'int', int: 's8', name: 'char' } },
      ctype: { kind: 'pointer', to: ctype },
    };
  };
}

/** `alloc_percpu(type)`: there is one processor. */
const perProcessor: Intrinsic = (lifting, args, expected) => {
  const [type] = args;
  if (type?.kind !== 'type') return null;
  const zero: CExpression = { kind: 'int', value: 0n, unsigned: false, long: false, text: '0', line: type.value.line };
  lifting.remark('abstracted', 'one processor', 'memory of each processor: there is one');
  const size: CExpression = { kind: 'sizeof', of: type.value, operator: 'sizeof', line: type.value.line };
  const asArgument = (value: CExpression) => ({ kind: 'expression' as const, value, text: '' });
  return allocate('alloc_percpu', allocators['kzalloc']!)(lifting, [asArgument(size), asArgument(zero)], expected);
};

const freePerProcessor: Intrinsic = (lifting, args) => {
  const pointer = expressionOf(args[0]);
  return pointer && lifting.call('kfree', [lifting.value(pointer)]);
};

const ofThisProcessor: Intrinsic = (lifting, args, expected) => {
  const pointer = expressionOf(args[0]);
  return pointer && lifting.value(pointer, expected);
};

export const allocation: Readonly<Record<string, Intrinsic>> = {
  alloc_percpu: perProcessor,
  free_percpu: freePerProcessor,
  ...Object.fromEntries(['per_cpu_ptr', 'this_cpu_ptr', 'raw_cpu_ptr'].map((text) => [text, ofThisProcessor])),
  ...Object.fromEntries(Object.entries(allocators).map(([text, allocator]) => [text, allocate(text, allocator)])),
  ...Object.fromEntries(['kstrdup', 'kstrndup', 'kasprintf', 'kvasprintf'].map((text) => [text, duplicate(text)])),
  struct_size: (lifting) =>
    lifting.opaque('the size of a struct with an array', { kind: 'int', int: 'u64', name: 'size_t' }),
};
