import { posix } from 'node:path';
import type { Include } from '../syntax/ast.js';

/** Where headers are read from: a kernel tree, or one with patches over it (`KernelTree`). */
export interface HeaderSource {
  /** Text of a file by its path relative to the root, null if there is none. May throw: binary, too large, outside the tree. */
  read(path: string): string | null;
}

/** Include paths of every kernel file, in the order of the top Makefile; headers that the build generates are in none. */
const ROOTS = ['arch/x86/include', 'include', 'arch/x86/include/uapi', 'include/uapi'];

/** What an architecture without a header of its own gets: a generated one that includes this. */
const GENERIC = ['include/asm-generic', 'include/uapi/asm-generic'];

/**
 * Paths at which an included header may be, best first. `from` is the including file, `extra` the `-I` directories of the
 * file that is compiled. A path that leaves the tree is left out.
 */
export function headerPaths(include: Include, from: string, extra: readonly string[]): readonly string[] {
  const own = include.system ? [] : [posix.join(posix.dirname(from), include.path)];
  const generic = include.path.startsWith('asm/')
    ? GENERIC.map((root) => posix.join(root, include.path.slice('asm/'.length)))
    : [];
  const rooted = [...extra, ...ROOTS].map((root) => posix.join(root, include.path));
  return [...own, ...rooted, ...generic].filter((path) => !path.startsWith('../') && !path.startsWith('/'));
}

/** Assignment of a make variable; `+=` and `:=` alike, because the order of the lines is kept. */
const ASSIGNMENT = /^\s*([\w.$()-]+)\s*(\+|:|\?)?=\s*(.*)$/;

/** Flags that hold for every file of a directory or for single ones; the directories below inherit the `subdir` ones. */
const OWN_FLAGS = /^(?:ccflags-|subdir-ccflags-|EXTRA_CFLAGS$|CFLAGS_)/;
const INHERITED_FLAGS = /^subdir-ccflags-/;

function variables(makefile: string): readonly { readonly name: string; readonly value: string }[] {
  return makefile
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => {
      const match = ASSIGNMENT.exec(line.replace(/#.*$/, ''));
      return match === null ? [] : [{ name: match[1]!, value: match[3]! }];
    });
}

/** `-I` directories that one Makefile gives, relative to the root. `directory` is where it lies. */
function directoriesOf(makefile: string, directory: string, flags: RegExp): readonly string[] {
  const assigned = variables(makefile);
  const values = new Map(assigned.map(({ name, value }) => [name, value.trim()]));
  for (const name of ['src', 'obj']) values.set(name, directory);
  for (const name of ['srctree', 'objtree']) values.set(name, '.');
  const expand = (text: string, depth: number): string =>
    depth === 0
      ? text
      : text.replace(/\$[({]([\w-]+)[)}]/g, (whole, name: string) => {
          const value = values.get(name);
          return value === undefined ? whole : expand(value, depth - 1);
        });
  return assigned
    .filter(({ name }) => flags.test(name))
    .flatMap(({ value }) => [...expand(value, 4).matchAll(/(?:^|\s)-I\s*(\S+)/g)])
    .map((match) => posix.normalize(match[1]!))
    .filter((path) => !path.startsWith('..') && !path.startsWith('/') && !path.includes('$'));
}

/**
 * Include directories that the Makefiles of a file's directory and of those above it add (`ccflags-y += -I$(src)/include`). Conditional
 * parts of a Makefile count: an include path too many does no harm.
 */
export function includeDirectories(read: (path: string) => string | null, file: string): readonly string[] {
  const found = new Set<string>();
  for (
    let directory = posix.dirname(file), own = true;
    directory !== '.' && directory !== '/';
    directory = posix.dirname(directory)
  ) {
    const makefile = read(`${directory}/Kbuild`) ?? read(`${directory}/Makefile`);
    if (makefile !== null) {
      for (const path of directoriesOf(makefile, directory, own ? OWN_FLAGS : INHERITED_FLAGS)) found.add(path);
    }
    own = false;
  }
  return [...found];
}
