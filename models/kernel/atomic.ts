import { fn, ret, set, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';
import type { Statement } from '../program/statement.js';

const file = 'include/linux/atomic/atomic-instrumented.h';

/** One family: `prefix` of the functions' names, the type of the variable and that of its value. */
function family(prefix: string, type: string, value: string): readonly FunctionDefinition[] {
  const step = (returns: string, name: string, parameters: string, body: readonly Statement[]): FunctionDefinition =>
    fn(
      `${returns} ${prefix}_${name}(${parameters})`,
      { file, origin: 'kernel', atomic: { shared: ['v'] }, locals: [`${value} old`] },
      [set('old', 'v->counter', 'atomic'), ...body],
    );
  const store = (change: string) => set('v->counter', change, 'atomic');
  const variable = `${type} *v`;
  const withOperand = `${value} i, ${variable}`;
  return [
    fn(`${value} ${prefix}_read(const ${variable})`, { file, origin: 'kernel', locals: [`${value} now`] }, [
      set('now', 'v->counter', 'atomic'),
      ret('now'),
    ]),
    fn(`void ${prefix}_set(${variable}, ${value} i)`, { file, origin: 'kernel' }, [store('i')]),

    step('void', 'inc', variable, [store('old + 1')]),
    step('void', 'dec', variable, [store('old - 1')]),
    step('void', 'add', withOperand, [store('old + i')]),
    step('void', 'sub', withOperand, [store('old - i')]),
    step('void', 'or', withOperand, [store('old | i')]),
    step('void', 'and', withOperand, [store('old & i')]),
    step('void', 'andnot', withOperand, [store('old & ~i')]),

    step(value, 'inc_return', variable, [store('old + 1'), ret('old + 1')]),
    step(value, 'dec_return', variable, [store('old - 1'), ret('old - 1')]),
    step(value, 'add_return', withOperand, [store('old + i'), ret('old + i')]),
    step(value, 'sub_return', withOperand, [store('old - i'), ret('old - i')]),
    step(value, 'fetch_inc', variable, [store('old + 1'), ret('old')]),
    step(value, 'fetch_dec', variable, [store('old - 1'), ret('old')]),
    step(value, 'fetch_add', withOperand, [store('old + i'), ret('old')]),
    step(value, 'fetch_sub', withOperand, [store('old - i'), ret('old')]),
    step(value, 'fetch_or', withOperand, [store('old | i'), ret('old')]),
    step(value, 'fetch_and', withOperand, [store('old & i'), ret('old')]),

    step('bool', 'inc_and_test', variable, [store('old + 1'), ret('old == -1')]),
    step('bool', 'dec_and_test', variable, [store('old - 1'), ret('old == 1')]),
    step('bool', 'sub_and_test', withOperand, [store('old - i'), ret('old == i')]),
    step('bool', 'add_negative', withOperand, [store('old + i'), ret('old + i < 0')]),

    /** Whether it was done. */
    step('bool', 'inc_not_zero', variable, [when('!old', [ret('false')]), store('old + 1'), ret('true')]),
    step('bool', 'add_unless', `${variable}, ${value} a, ${value} u`, [
      when('old == u', [ret('false')]),
      store('old + a'),
      ret('true'),
    ]),
    /** The new value, also if it would be negative and was not written. */
    step(value, 'dec_if_positive', variable, [when('old > 0', [store('old - 1')]), ret('old - 1')]),

    step(value, 'xchg', `${variable}, ${value} new`, [store('new'), ret('old')]),
    step(value, 'cmpxchg', `${variable}, ${value} expected, ${value} new`, [
      when('old == expected', [store('new')]),
      ret('old'),
    ]),
    fn(
      `bool ${prefix}_try_cmpxchg(${variable}, ${value} *expected, ${value} new)`,
      { file, origin: 'kernel', locals: [`${value} old`] },
      [
        set('old', `${prefix}_cmpxchg(v, *expected, new)`),
        when('old == *expected', [ret('true')]),
        set('*expected', 'old'),
        ret('false'),
      ],
    ),
  ];
}

/**
 * Atomic integers: words with atomic accesses, as sequential consistency makes orderings meaningless. Overflow is the
 * interpreter's business.
 */
export const atomicFunctions: readonly FunctionDefinition[] = [
  ...family('atomic', 'struct atomic_t', 'int'),
  ...family('atomic64', 'struct atomic64_t', 's64'),
  ...family('atomic_long', 'struct atomic64_t', 'long'),
];
