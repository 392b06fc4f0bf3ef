import type { Include, SyntaxProblem, TranslationUnit } from '../syntax/ast.js';
import type { HeaderCache } from './headerCache.js';
import { headerPaths } from './includes.js';
import { indexUnit, type UnitIndex } from './unitIndex.js';

interface Pending {
  readonly include: Include;
  readonly from: string;
  /** 1 for what the file itself includes. */
  readonly depth: number;
}

/**
 * A file and the headers it includes, nearest first. A header is read when a search has found nothing in all that are nearer, so
 * that a name of the file itself costs nothing.
 */
export class Scope {
  readonly problems: SyntaxProblem[] = [];
  readonly #cache: HeaderCache;
  readonly #file: string;
  readonly #depth: number;
  readonly #indexes: UnitIndex[];
  readonly #pending: Pending[];
  readonly #seen = new Set<string>();

  /** `depth`: levels of includes below the file; 0 reads no header. */
  constructor(unit: TranslationUnit, cache: HeaderCache, depth: number) {
    this.#cache = cache;
    this.#file = unit.file;
    this.#depth = depth;
    this.#indexes = [indexUnit(unit)];
    this.#seen.add(unit.file);
    this.#pending = depth < 1 ? [] : unit.includes.map((include) => ({ include, from: unit.file, depth: 1 }));
  }

  /** What `pick` finds in the nearest file in which it finds something. */
  find<T>(pick: (index: UnitIndex) => T | undefined): { readonly found: T; readonly file: string } | null {
    for (let position = 0; ; position += 1) {
      while (position >= this.#indexes.length) {
        const next = this.#pending.shift();
        if (next === undefined) return null;
        this.#load(next);
      }
      const index = this.#indexes[position]!;
      const found = pick(index);
      if (found !== undefined) return { found, file: index.file };
    }
  }

  #load({ include, from, depth }: Pending): void {
    const paths = headerPaths(include, from, this.#cache.includeDirectories(this.#file));
    const header = paths.map((path) => this.#cache.header(path)).find((found) => found !== null);
    if (header === undefined) {
      this.#report(from, include, `${written(include)} is not in the tree: what it declares is unknown`);
      return;
    }
    if (this.#seen.has(header.path)) return;
    this.#seen.add(header.path);
    if ('message' in header) {
      this.#report(from, include, `${header.path} ${header.message}: what it declares is unknown`);
      return;
    }
    this.#indexes.push(header.index);
    this.problems.push(...header.unit.problems);
    if (depth >= this.#depth) return;
    for (const next of header.unit.includes) {
      this.#pending.push({ include: next, from: header.path, depth: depth + 1 });
    }
  }

  #report(file: string, { line, path }: Include, message: string): void {
    // Headers of an architecture and those that the build makes are missing in many trees; nothing here depends on them.
    const severity = /^(asm|generated|mach|plat)\//.test(path) ? 'note' : 'error';
    this.problems.push({ file, line, column: 1, severity, message, function: null });
  }
}

function written({ path, system }: Include): string {
  return system ? `<${path}>` : `"${path}"`;
}
