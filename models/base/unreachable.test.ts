import { describe, expect, test } from 'vitest';
import { unreachable } from './unreachable.js';

/** A value that has escaped the type checker, as one read from a file might. */
function escaped(value: unknown): never {
  return value as never;
}

describe('unreachable', () => {
  test('shows the value that should not exist', () => {
    expect(() => unreachable(escaped({ kind: 'goto' }))).toThrow('{"kind":"goto"}');
  });

  test.each([
    ['undefined', undefined, 'undefined'],
    ['a bigint', 10n, '10'],
    ['a symbol', Symbol('gone'), 'Symbol(gone)'],
  ])('shows %s too', (_name, value, text) => {
    expect(() => unreachable(escaped(value))).toThrow(`with ${text}.`);
  });

  test('does not stumble over a cyclic value', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(() => unreachable(escaped(cyclic))).toThrow('with [object Object].');
  });
});
