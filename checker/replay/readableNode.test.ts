import { describe, expect, it } from 'vitest';
import { fn, run, set, when } from '../../models/program/build.js';
import { lowerFunction } from '../../models/program/lowerFunction.js';
import { readableNode } from './readableNode.js';

const texts = (...body: Parameters<typeof fn>[2]): string[] => {
  const program = lowerFunction(fn('void f(struct tee_shm *shm)', { file: 'f.c', locals: ['int rc'] }, body));
  return program.nodes.filter(({ kind }) => kind !== 'return').map((node) => readableNode(program, node));
};

describe('readableNode', () => {
  it('puts what a temporary holds in its place', () => {
    expect(texts(run('teedev_ctx_put(shm->ctx)'))).toEqual(['shm->ctx', 'teedev_ctx_put(shm->ctx)']);
    expect(texts(set('shm->ctx->teedev->id', 'shm->id + 1'))).toContain('shm->ctx->teedev->id = shm->id + 1');
  });

  it('keeps the destination that has a name', () => {
    expect(texts(set('rc', 'tee_shm_get_fd(shm)'))).toEqual(['rc = tee_shm_get_fd(shm)']);
  });

  it('writes a call through a pointer as C does', () => {
    expect(texts(set('rc', 'shm->ctx->ops->release(shm)')).at(-1)).toBe('rc = shm->ctx->ops->release(shm)');
  });

  it('leaves a temporary that holds one of two values', () => {
    const both = texts(when('shm && shm->ctx', [run('tee_shm_put(shm)')]));
    expect(both.join('\n')).toContain('tee_shm_put(shm)');
    for (const text of both) expect(text).not.toMatch(/undefined|^%\d+ = [^%]*%\d+ = /);
  });
});
