import { describe, expect, test } from 'vitest';
import { expandMacro } from './parse.js';

function expand(parameters: string, body: string, ...args: string[]): string | null {
  const list = parameters === '' ? [] : parameters.split(',').map((parameter) => parameter.trim());
  return expandMacro({ name: 'M', parameters: list, body }, args);
}

describe('expansion of a function-like macro', () => {
  test.each([
    ['x', '((x) + 1)', ['a * b'], '((a * b) + 1)'],
    ['x, y', 'x y xy "x"', ['1', '2'], '1 2 xy "x"'],
    ['x', '#x', ['a  "b\\n" \'\\\\\''], '"a \\"b\\\\n\\" \'\\\\\\\\\'"'],
    ['x', '# x', ['a'], '"a"'],
    ['x, y', 'x##y', ['a', 'b'], 'ab'],
    ['x, y', 'x ## _ ## y', ['a', 'b'], 'a_b'],
    ['x', 'get_##x(x)', ['lock'], 'get_lock(lock)'],
    ['x', 'x->x', ['p'], 'p->p'],
    ['f, ...', 'p(f, ##__VA_ARGS__)', ['"x"'], 'p("x")'],
    ['f, ...', 'p(f, ##__VA_ARGS__)', ['"x"', '1', '2'], 'p("x", 1, 2)'],
    ['f, ...', 'p(f, __VA_ARGS__)', ['"x"', '1'], 'p("x", 1)'],
    ['f, args...', 'p(f, ## args)', ['"x"', '1', '2'], 'p("x", 1, 2)'],
    ['f, args...', 'p(f, ## args)', ['"x"'], 'p("x")'],
    ['...', 'p(__VA_ARGS__)', [], 'p()'],
    ['', '1', [], '1'],
    ['', '1', [''], '1'],
    ['x', 'a x b', [''], 'a  b'],
    ['x', '0x1x x1 1.x', ['9'], '0x1x x1 1.x'],
  ])('(%s) %s', (parameters, body, args, result) => {
    expect(expand(parameters, body, ...args)).toBe(result);
  });

  test('an object-like macro is its body, `#` included', () => {
    expect(expandMacro({ name: 'M', parameters: null, body: 'a # b' }, [])).toBe('a # b');
  });

  test.each([
    ['x', ['1', '2']],
    ['x, y', ['1']],
    ['x, y, ...', ['1']],
    ['', ['1']],
  ])('(%s) with %j does not fit', (parameters, args) => {
    expect(expand(parameters, 'x', ...args)).toBeNull();
  });
});
