import type { Include, SyntaxProblem, TranslationUnit } from '../syntax/ast.js';
import type { HeaderCache } from './headerCache.js';
import { indexUnit, type UnitIndex } from './unitIndex.js';

interface Pending {
  readonly include: Include;
  readonly from: string;
}

/** Something found, and the file in which. */
export interface Found<T> {
  readonly found: T;
  readonly file: string;
}

/** Where names are looked up. */
export interface Lookup {
  readonly problems: readonly SyntaxProblem[];
  /** What `pick` finds in the nearest file in which it finds something. */
  find<T>(pick: (index: UnitIndex) => T | undefined): Found<T> | null;
  /**
   * What `pick` finds in the headers that lie deeper than `find` looks: in those whose text has a definition of this name (`struct tag`,
   * `typedef name`, `#define name`).
   */
  findBeyond<T>(definition: string, pick: (index: UnitIndex) => T | undefined): Found<T> | null;
}

/** The names of one more file, before all others. */
export function lookupWithin(index: UnitIndex, outer: Lookup): Lookup {
  return {
    problems: outer.problems,
    find(pick) {
      const found = pick(index);
      return found === undefined ? outer.find(pick) : { found, file: index.file };
    },
    findBeyond: (definition, pick) => outer.findBeyond(definition, pick),
  };
}

/**
 * A file and the headers it includes, nearest first. A header is read when a search has found nothing in all that are nearer, so
 * that a name of the file itself costs nothing.
 */
export class Scope implements Lookup {
  readonly problems: SyntaxProblem[] = [];
  readonly #cache: HeaderCache;
  readonly #file: string;
  readonly #depth: number;
  readonly #indexes: UnitIndex[];
  /** What is still to be read, by depth. */
  readonly #pending: Pending[][] = [];
  readonly #seen = new Set<string>();
  /** Headers below that were parsed: their problems are listed once. */
  readonly #seenBeyond = new Set<string>();
  /** Includes of the last level that is read: where `findBeyond` starts. */
  readonly #beyond: Pending[] = [];
  /** Headers below that level, nearest first; listed by the first search there. */
  #pathsBeyond: readonly string[] | null = null;

  /** `depth`: levels of includes below the file that are read; those of `isNoStep` do not count. */
  constructor(unit: TranslationUnit, cache: HeaderCache, depth: number) {
    this.#cache = cache;
    this.#file = unit.file;
    this.#depth = depth;
    this.#indexes = [indexUnit(unit)];
    this.#seen.add(unit.file);
    this.#add(unit.includes, unit.file, 0);
  }

  find<T>(pick: (index: UnitIndex) => T | undefined): Found<T> | null {
    for (let position = 0; ; position += 1) {
      while (position >= this.#indexes.length) {
        const depth = this.#pending.findIndex((list) => list !== undefined && list.length > 0);
        if (depth === -1) return null;
        this.#load(this.#pending[depth]!.shift()!, depth);
      }
      const index = this.#indexes[position]!;
      const found = pick(index);
      if (found !== undefined) return { found, file: index.file };
    }
  }

  findBeyond<T>(definition: string, pick: (index: UnitIndex) => T | undefined): Found<T> | null {
    this.#pathsBeyond ??= this.#listBeyond();
    for (const path of this.#pathsBeyond) {
      if (this.#cache.outline(path)?.definitions.has(definition) !== true) continue;
      const header = this.#cache.header(path);
      if (header === null || 'message' in header) continue;
      if (!this.#seenBeyond.has(path)) this.problems.push(...header.unit.problems);
      this.#seenBeyond.add(path);
      const found = pick(header.index);
      if (found !== undefined) return { found, file: path };
    }
    return null;
  }

  #listBeyond(): readonly string[] {
    // All that is nearer has to be read first: it is where this begins.
    this.find(() => undefined);
    const paths = new Set<string>();
    if (this.#depth < 1) return [];
    const queue = [...this.#beyond];
    for (let position = 0; position < queue.length; position += 1) {
      const { include, from } = queue[position]!;
      const path = this.#cache.locate(include, from, this.#file);
      if (path === null || paths.has(path) || this.#seen.has(path)) continue;
      paths.add(path);
      for (const next of this.#cache.outline(path)?.includes ?? []) queue.push({ include: next, from: path });
    }
    return [...paths];
  }

  #add(includes: readonly Include[], from: string, depth: number): void {
    for (const include of includes) {
      const at = isNoStep(include, from) ? depth : depth + 1;
      if (at <= this.#depth) (this.#pending[at] ??= []).push({ include, from });
      else this.#beyond.push({ include, from });
    }
  }

  #load({ include, from }: Pending, depth: number): void {
    const path = this.#cache.locate(include, from, this.#file);
    const header = path === null ? null : this.#cache.header(path);
    if (header === null) {
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
    this.#add(header.unit.includes, header.path, depth);
  }

  #report(file: string, { line, path }: Include, message: string): void {
    // Headers of an architecture and those that the build makes are missing in many trees; nothing here depends on them.
    const severity = /^(asm|generated|mach|plat)\//.test(path) ? 'note' : 'error';
    this.problems.push({ file, line, column: 1, severity, message, function: null });
  }
}

/** A header in quotes belongs to the file as its own, and include/linux/x.h is one header with include/uapi/linux/x.h. */
function isNoStep({ path, system }: Include, from: string): boolean {
  return !system || `include/${path}` === from.replace(/^include\//, 'include/uapi/');
}

function written({ path, system }: Include): string {
  return system ? `<${path}>` : `"${path}"`;
}
