import { describe, expect, it } from 'vitest';
import { fn, ret } from '../program/build.js';
import { lowerFunction } from '../program/lowerFunction.js';
import { printProgram } from '../program/printProgram.js';
import type { Statement } from '../program/statement.js';
import { copyFromUser, copyToUser, putUser } from './uaccess.js';

const printed = (statement: Statement): string =>
  printProgram(
    lowerFunction(
      fn('int f(struct arg *udata)', { file: 'drivers/x.c', locals: ['struct arg data'] }, [statement, ret('0')]),
    ),
  );

describe('user access helpers', () => {
  it('copyFromUser reads each field from the user, or fails', () => {
    const text = printed(copyFromUser('data', 'udata', ['size', 'flags'], [ret('-EFAULT')]));
    expect(text).toMatch(/%1 = udata->size\n.* data->size = %1\n.*%2 = udata->flags\n.* data->flags = %2/);
    expect(text).toMatch(/choose copy_from_user success→\d+, -EFAULT→/);
    expect(text).toContain('return -EFAULT');
  });

  it('copyToUser writes each field to the user, or fails', () => {
    const text = printed(copyToUser('udata', 'data', ['size'], [ret('-EFAULT')]));
    expect(text).toMatch(/%1 = data->size\n.* udata->size = %1/);
    expect(text).toContain('return -EFAULT');
  });

  it('putUser writes one field, or fails', () => {
    const text = printed(putUser('udata->id', '7', [ret('-EFAULT')]));
    expect(text).toContain('udata->id = 7');
    expect(text).toContain('return -EFAULT');
  });
});
