import { describe, expect, expectTypeOf, test } from 'vitest';
import { err, ok, type Result } from './result.js';

function parseCount(text: string): Result<number, string> {
  return /^\d+$/.test(text) ? ok(Number(text)) : err(`not a count: ${text}`);
}

describe('Result', () => {
  test('carries the value of a success', () => {
    expect(parseCount('42')).toEqual({ ok: true, value: 42 });
  });

  test('carries the error of a failure', () => {
    expect(parseCount('many')).toEqual({ ok: false, error: 'not a count: many' });
  });

  test('narrows on ok, and a failure can be returned as another result', () => {
    function double(text: string): Result<bigint, string> {
      const count = parseCount(text);
      if (!count.ok) {
        expectTypeOf(count.error).toEqualTypeOf<string>();
        return count;
      }
      expectTypeOf(count.value).toEqualTypeOf<number>();
      return ok(BigInt(count.value) * 2n);
    }
    expect(double('21')).toEqual(ok(42n));
    expect(double('many')).toEqual(err('not a count: many'));
  });
});
