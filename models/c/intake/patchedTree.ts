import { posix } from 'node:path';
import { blobId } from './blobId.js';
import type { KernelTree, PatchedTree } from './tree.js';
import { treePath } from './treePath.js';

/** Lays patched files over a tree. */
export function patchedTree(tree: KernelTree, overlay: Omit<PatchedTree, keyof KernelTree>): PatchedTree {
  const { patched } = overlay;
  return {
    ...overlay,
    name: tree.name,
    version: tree.version,
    read(path) {
      const file = patched.get(treePath(path));
      return file === undefined ? tree.read(path) : (file?.text ?? null);
    },
    blobId(path) {
      const file = patched.get(treePath(path));
      return file === undefined ? tree.blobId(path) : file === null ? null : blobId(Buffer.from(file.text, 'utf8'));
    },
    list(directory) {
      const names = new Set(tree.list(directory));
      const here = treePath(directory);
      for (const [path, file] of patched) {
        if (treePath(posix.dirname(path)) !== here) continue;
        if (file === null) names.delete(posix.basename(path));
        else names.add(posix.basename(path));
      }
      return [...names].sort();
    },
  };
}
