import { describe, expect, it } from 'vitest';
import { liftedFunction, liftText } from '../testing/liftedCode.js';

const lifted = liftText(String.raw`
struct point { int x, y; };
union number { int whole; struct point parts; unsigned int bits; };
struct holder { int kind; union { int small; struct { int low, high; }; }; union number other; };

int written(int a) { union number n; n.parts.x = a; n.parts.y = 2; return n.parts.x + n.parts.y; }
int punned(int a) { union number n; n.whole = a; return n.bits; }
int inside(int a) { struct holder h; h.low = a; h.high = 1; h.other.whole = 5; return h.low + h.high + h.other.whole; }
int mixed(int a) { struct holder h; h.low = a; return h.small; }
int chosen(int a) { struct holder h = { .kind = a }; if (h.kind) h.small = 3; else h.low = 4; return h.kind ? h.small : h.low; }
int copied(int a) { union number n, m; n.whole = a; m = n; return m.whole; }
int copied_punned(int a) { union number n, m; n.whole = a; m = n; return m.parts.x; }
int whole_part(int a) { union number n; struct point p = { a, 2 }; n.whole = 1; n.parts = p; return n.parts.x; }
int whole_punned(int a) { union number n; struct point p = { a, 2 }; n.whole = 1; n.parts = p; return n.whole; }
int only_one(int a) { union { int first; long second; } n; n.first = a; return n.first; }
`);

const call = (name: string, argument: number) => liftedFunction(lifted, name)([argument]);

describe('members of unions', () => {
  it.each([
    ['written', 3, 5],
    ['inside', 3, 9],
    ['chosen', 0, 4],
    ['chosen', 1, 3],
    ['copied', 7, 7],
    ['whole_part', 6, 6],
    ['only_one', 4, 4],
  ])('%s(%i) is %i', (name, argument, value) => {
    expect(call(name, argument)).toMatchObject({ kind: 'value', value });
  });

  it.each(['punned', 'mixed', 'copied_punned', 'whole_punned'])(
    '%s reads what another member wrote: a limit',
    (name) => {
      expect(call(name, 3)).toMatchObject({ kind: 'limit', what: expect.stringContaining('union') as unknown });
    },
  );

  it('are followed without a remark', () => {
    const remarks = lifted.functions.flatMap((fn) => fn.remarks.map(({ kind }) => `${fn.definition.name}: ${kind}`));
    expect(remarks).toEqual([]);
  });
});
