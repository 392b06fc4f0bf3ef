import { expect, it } from 'vitest';
import { liftedFunction, liftText } from '../testing/liftedCode.js';

const remarksOf = (text: string) =>
  liftText(text).functions.flatMap((fn) => fn.remarks.map(({ level, kind }) => `${level} ${kind}`));

it('a long chain of conditionals takes no time that doubles with each', () => {
  const links = Array.from({ length: 60 }, (_, index) => `a == ${index} ? ${index + 1} : `).join('');
  expect(liftedFunction(liftText(`int chain(int a) { return ${links}-1; }`), 'chain')([59])).toMatchObject({
    value: 60,
  });
});

it('memset() of a variable that is no struct is a limit', () => {
  const text = 'int cleared(int a) { int n[2] = { a, a }; memset(n, 0, sizeof(n)); return n[1]; }';
  expect(liftedFunction(liftText(text), 'cleared')([5])).toMatchObject({ kind: 'limit' });
  expect(remarksOf(text)).toEqual(['abstracted bytes']);
});

it('swap() takes structs', () => {
  const text =
    'struct point { int x, y; }; int swapped(int a) { struct point p = { a }, q = { 5 }; swap(p, q); return p.x * 10 + q.x; }';
  expect(liftedFunction(liftText(text), 'swapped')([3])).toMatchObject({ value: 53 });
});

it('an element for a member that has no members does not hold up the list', () => {
  const text =
    'struct outer { struct elsewhere in; int n; }; int listed(int a) { struct outer o = { a, 2 }; return o.n; }';
  expect(liftedFunction(liftText(text), 'listed')([1])).toMatchObject({ kind: 'limit' });
  expect(remarksOf(text)).toContain('blocked struct as value');
});
