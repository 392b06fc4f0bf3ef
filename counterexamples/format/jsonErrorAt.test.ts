import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonErrorAt } from './jsonErrorAt.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('jsonErrorAt', () => {
  it.each([
    ['{"a": }', 1, 7, "'}'"],
    ['{\n  "a": 1,\n}', 3, 1, "'}'"],
    ['{"a" 1}', 1, 6, "'1'"],
    ['[1, 2', 1, 6, 'the end of the text'],
    ['', 1, 1, 'the end of the text'],
    ['{} {}', 1, 4, "'{'"],
    ['[1] 2', 1, 5, "'2'"],
    ["{'a': 1}", 1, 2, `"'"`],
    ['<html>', 1, 1, "'<'"],
  ])('finds the place in %j', (text, line, column, found) => {
    expect(jsonErrorAt(text)).toEqual({ line, column, found });
  });

  it('says nothing about any JSON', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(4),
        (text, indent) => jsonErrorAt(JSON.stringify(JSON.parse(text), null, indent)) === null,
      ),
    );
  });

  it('agrees with JSON.parse on texts that are nearly JSON', () => {
    const damaged = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', ',', '}', ']', '"', '1', ':', '\\', '\u0001', ' ', 'x'),
    );
    fc.assert(
      fc.property(damaged, fc.boolean(), ([text, at, insert], replace) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + insert + text.slice(place + (replace ? 1 : 0));
        return (jsonErrorAt(changed) === null) === isJson(changed);
      }),
      { numRuns: 2000 },
    );
  });
});
