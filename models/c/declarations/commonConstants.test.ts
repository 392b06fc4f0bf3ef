import { describe, expect, test } from 'vitest';
import { errnoValues } from '../../program/errno.js';
import { describeWith, tree612 } from '../testing/inputs.js';
import { commonConstants } from './commonConstants.js';
import type { Declarations } from './declarations.js';
import { HeaderCache } from './headerCache.js';
import { defaultConfiguration } from '../syntax/configuration.js';
import { declarationsIn, treeAt } from './testing/fixture.js';

describe('common constants', () => {
  test('agree with the errno values of the hand-written models', () => {
    for (const [name, value] of Object.entries(errnoValues)) {
      expect(commonConstants.get(name)?.value, name).toBe(BigInt(value));
    }
  });

  test.each([
    ['EHWPOISON', 's32', 133n],
    ['ENOTSUPP', 's32', 524n],
    ['GFP_KERNEL', 'u32', 0xcc0n],
    ['O_CLOEXEC', 's32', 0o2000000n],
    ['S_IRUGO', 's32', 0o444n],
    ['INT_MIN', 's32', -2147483648n],
    ['SIZE_MAX', 'u64', 0xffffffffffffffffn],
    ['PAGE_MASK', 'u64', 0xfffffffffffff000n],
    ['HZ', 's32', 250n],
    ['true', 's32', 1n],
  ])('%s', (name, int, value) => {
    expect(commonConstants.get(name)).toMatchObject({ value, type: { kind: 'int', int } });
  });
});

describeWith({ INTERLEAF_TREE_6_12: tree612 }, 'common constants against the headers of v6.12', () => {
  const configuration = defaultConfiguration();
  const opened = new Map<string, Declarations>();
  const tree = treeAt(tree612!);
  const cache = new HeaderCache(tree, configuration);
  const header = (source: string): Declarations => {
    const known = opened.get(source);
    if (known !== undefined) return known;
    const declarations = declarationsIn(tree, source, { configuration, cache, constants: new Map(), depth: 3 });
    opened.set(source, declarations);
    return declarations;
  };

  for (const { name, source, value, type } of commonConstants.values()) {
    // A tree may come without its architectures, and the tick is no business of a header.
    const isThere = source.endsWith('.h') && (tree612 === null || tree.read(source) !== null);
    test.skipIf(!isThere)(`${name} of ${source}`, () => {
      const found = header(source).constant(name);
      expect(found?.value).toBe(value);
      expect(found?.type.int).toBe(type.int);
    });
  }
});
