import { readdirSync, readFileSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { blobId } from './blobId.js';
import { checkFileSize, decodeSource, type TreeOptions } from './decodeSource.js';
import { kernelVersion } from './kernelVersion.js';
import type { KernelTree } from './tree.js';
import { TreeError } from './treeError.js';
import { treePath } from './treePath.js';

/**
 * A kernel tree in a directory. Files are read when asked for, and not kept.
 *
 * Throws `TreeError` if the directory is not the root of a kernel tree.
 */
export function openDirectoryTree(directory: string, options: TreeOptions = {}): KernelTree {
  const root = realRoot(directory);

  /** The file's place on the disk, with symbolic links followed; null if there is none. */
  function locate(path: string): { readonly place: string; readonly stats: Stats } | null {
    const relative = treePath(path);
    try {
      const place = realpathSync(join(root, relative));
      if (place !== root && !place.startsWith(root.endsWith(sep) ? root : root + sep)) {
        throw new TreeError(
          path,
          `a symbolic link leads out of the tree, to ${place}`,
          'Give a tree whose files are all inside it.',
        );
      }
      return { place, stats: statSync(place) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw asTreeError(path, error);
    }
  }

  function bytesOf(path: string): Uint8Array | null {
    const found = locate(path);
    if (found === null || found.stats.isDirectory()) return null;
    if (!found.stats.isFile()) throw new TreeError(path, 'not a regular file', 'Give a tree of plain files.');
    checkFileSize(path, found.stats.size, options);
    try {
      return readFileSync(found.place);
    } catch (error) {
      throw asTreeError(path, error);
    }
  }

  const tree: Omit<KernelTree, 'version'> = {
    name: directory,
    read(path) {
      const bytes = bytesOf(path);
      return bytes === null ? null : decodeSource(path, bytes);
    },
    blobId(path) {
      const bytes = bytesOf(path);
      return bytes === null ? null : blobId(bytes);
    },
    list(path) {
      const found = locate(path);
      if (found === null || !found.stats.isDirectory()) return [];
      try {
        const entries = readdirSync(found.place, { withFileTypes: true });
        return entries.flatMap((entry) => (entry.isFile() || isLinkToFile(entry) ? [entry.name] : [])).sort();
      } catch (error) {
        throw asTreeError(path, error);
      }
    },
  };

  const version = kernelVersion(tree.read('Makefile') ?? '');
  if (version === null) {
    throw new TreeError(
      directory,
      'this is not the root of a kernel tree: there is no Makefile with VERSION, PATCHLEVEL and SUBLEVEL',
      'Give the directory that holds the top Makefile, not one above or below it.',
    );
  }
  return { ...tree, version };
}

/** The directory with its own symbolic links followed. */
function realRoot(directory: string): string {
  try {
    const root = realpathSync(directory);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    if (!isMissing(error)) throw asTreeError(directory, error);
    throw new TreeError(
      directory,
      'there is no such directory',
      'Check the path; Debian’s linux-source packages hold a tree that must be unpacked first.',
    );
  }
  throw new TreeError(directory, 'this is a file, not a directory', 'Unpack it, and give the directory.');
}

/** Links that lead nowhere, or in a circle, are no files. */
function isLinkToFile(entry: Dirent): boolean {
  try {
    return entry.isSymbolicLink() && statSync(join(entry.parentPath, entry.name)).isFile();
  } catch {
    return false;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

/** What the file system said, in our words. */
function asTreeError(path: string, error: unknown): TreeError {
  if (error instanceof TreeError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new TreeError(path, code === 'EACCES' ? 'not readable (permission denied)' : message, 'Make it readable.');
}
