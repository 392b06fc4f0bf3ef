import { posix } from 'node:path';
import { TreeError } from './treeError.js';

/**
 * A path relative to the root of a tree in its shortest form: `a/./b/../c` becomes `a/c`, and `.` or the empty string
 * the root, `''`.
 *
 * Throws `TreeError` where it is absolute or leads out of the tree.
 */
export function treePath(path: string): string {
  const normal = posix.normalize(path === '' ? '.' : path);
  if (normal.startsWith('/') || normal === '..' || normal.startsWith('../') || normal.includes('\0')) {
    throw new TreeError(path, 'the path leads out of the kernel tree', 'Name files relative to the root of the tree.');
  }
  return normal === '.' || normal === './' ? '' : normal.replace(/\/$/, '');
}
