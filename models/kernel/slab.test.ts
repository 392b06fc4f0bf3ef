import { describe, expect, it } from 'vitest';
import { fn, ret } from '../program/build.js';
import { lowerFunction } from '../program/lowerFunction.js';
import type { Statement } from '../program/statement.js';
import { kcalloc, kmalloc, kzalloc } from './slab.js';

const nodesOf = (statement: Statement) =>
  lowerFunction(fn('int f(struct x *p)', { file: 'drivers/x.c' }, [statement, ret('!p')])).nodes;

describe('allocation helpers', () => {
  it.each([
    ['kzalloc', kzalloc, true],
    ['kcalloc', kcalloc, true],
    ['kmalloc', kmalloc, false],
  ] as const)('%s gives memory or, as a failure, NULL', (name, helper, zeroed) => {
    const nodes = nodesOf(helper('p', 'x'));
    expect(nodes.find((node) => node.kind === 'choose')).toMatchObject({
      name,
      alternatives: [
        { name: 'success', fault: false },
        { name: 'NULL', fault: true },
      ],
    });
    expect(nodes.find((node) => node.kind === 'alloc')).toMatchObject({ dst: 'p', tag: 'x', zeroed });
    expect(nodes.find((node) => node.kind === 'assign')).toMatchObject({ dst: 'p', value: { kind: 'int', value: 0 } });
  });

  it('say that they may sleep', () => {
    expect(nodesOf(kzalloc('p', 'x'))[0]).toMatchObject({ kind: 'call', callee: 'might_sleep' });
  });
});
