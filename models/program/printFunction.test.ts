import { expect, it } from 'vitest';
import { at, choose, fault, fn, goTo, label, loop, outcome, ret, run, set, when } from './build.js';
import { printFunction } from './printFunction.js';

const body = [
  at(4, choose('kzalloc', [outcome('success', [set('p', 'q')]), fault('-ENOMEM', [set('p', 'NULL')])])),
  at(5, when('!p', [ret('-ENOMEM')])),
  at(6, when('p->a', [run('use(p)')], [when('p->b', [goTo('out')], [set('p->b', '1', 'atomic')])])),
  loop('p->c', [run('step(p)')]),
  label('out'),
  ret('0'),
];

const definition = fn('int take(struct thing *q, int n)', { file: 'f.c', locals: ['struct thing *p'] }, body);

it('prints structure by indentation, without empty branches, and choices by name', () => {
  const text = printFunction(definition).map((line) => line.text);
  expect(text).toEqual([
    'int take(struct thing *q, int n)',
    '{',
    '  struct thing *p',
    '  choose kzalloc {',
    '    success:',
    '      p = q',
    '    -ENOMEM (fault):',
    '      p = NULL',
    '  }',
    '  if (!p) {',
    '    return -ENOMEM',
    '  }',
    '  if (p->a) {',
    '    use(p)',
    '  } else if (p->b) {',
    '    goto out',
    '  } else {',
    '    p->b = 1 (atomic)',
    '  }',
    '  while (p->c) {',
    '    step(p)',
    '  }',
    'out:',
    '  return 0',
    '}',
  ]);
});

it('keeps the line of each statement', () => {
  const lineOf = (text: string) => printFunction(definition).find((line) => line.text.trim() === text)?.line;
  expect(lineOf('choose kzalloc {')).toBe(4);
  expect(lineOf('if (!p) {')).toBe(5);
  expect(lineOf('while (p->c) {')).toBeUndefined();
});

it('prints arrays behind the name', () => {
  const array = {
    ...definition,
    locals: [{ name: 'ids', type: { kind: 'array', of: { kind: 'int', name: 'u8' }, length: 16 } }],
  };
  expect(printFunction(array as typeof definition).map((line) => line.text)).toContain('  u8 ids[16]');
});
