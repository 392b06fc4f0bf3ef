/** What has no exact form is never something else in silence: it ends or marks the run. */
import { describe, expect, it } from 'vitest';
import { liftedFunction, liftText } from '../testing/liftedCode.js';

const lifted = liftText(String.raw`
void *memcpy(void *to, const void *from, unsigned long size);
struct inner { int deep; };
struct ops { int (*run)(int); struct inner in; };
static int twice(int a) { return a + a; }
static const struct ops whole = { .run = twice };
static const struct ops nested = { .run = twice, .in.deep = 5 };
static int numbers[3];
struct list { int *all; };
static const struct list named = { .all = numbers };

int complete_table(int a) { return whole.run(a); }
int nested_table(int a) { return nested.in.deep + a; }
int array_in_table(int a) { numbers[0] = a; return named.all ? 1 : 0; }

static int min(int a, int b) { return 42; }
int own_min(int a) { return min(a, 1); }

int string_size(int a) { return sizeof("abc") + a; }
int bytes(int a) { char from[4], to[4]; to[0] = 1; from[0] = a; memcpy(to, from, 4); return to[0]; }
struct pair { int x, y; };
int half(int a) { struct pair p = { 1, 2 }, q = { a, a }; memcpy(&p, &q, sizeof(int)); return p.y; }

#define F 1
int first(int a) { return a + F; }
#undef F
#define F 2
int second(int a) { if (F == 2) return a; return F; }
`);

const call = (name: string, argument: number) => liftedFunction(lifted, name)([argument]);

describe('what is exact', () => {
  it.each([
    ['complete_table', 4, 8],
    ['array_in_table', 4, 1],
    ['own_min', 7, 42],
    ['string_size', 3, 7],
  ])('%s(%i) is %i', (name, argument, value) => {
    expect(call(name, argument)).toMatchObject({ kind: 'value', value });
  });
});

describe('what is not', () => {
  it.each(['nested_table', 'bytes', 'half', 'first', 'second'])('%s passes a limit', (name) => {
    expect(call(name, 3)).toMatchObject({ kind: 'limit' });
  });
});
