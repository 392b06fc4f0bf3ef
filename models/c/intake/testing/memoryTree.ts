import { posix } from 'node:path';
import { blobId } from '../blobId.js';
import type { KernelTree } from '../tree.js';
import { treePath } from '../treePath.js';

/** A tree of a few files, by path. */
export function memoryTree(files: Readonly<Record<string, string>>): KernelTree {
  const paths = Object.keys(files);
  return {
    name: 'test tree',
    version: '6.12.1',
    read: (path) => files[treePath(path)] ?? null,
    blobId: (path) => (files[treePath(path)] === undefined ? null : blobId(Buffer.from(files[treePath(path)]!))),
    list: (directory) =>
      paths
        .filter((path) => treePath(posix.dirname(path)) === treePath(directory))
        .map((path) => posix.basename(path))
        .sort(),
  };
}
