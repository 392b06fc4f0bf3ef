import type { Include } from '../syntax/ast.js';

/** What a header includes and seems to define, without parsing it and whatever its `#if`s say. */
export interface HeaderOutline {
  readonly includes: readonly Include[];
  /** `struct tag`, `union tag`, `typedef name`, `#define name`. */
  readonly definitions: ReadonlySet<string>;
}

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;
const RECORD = /\b(struct|union)\s+(?:__\w+\s+)*(\w+)\s*\{/g;
const TYPEDEF = /\btypedef\b[^{};]*?(?:\(\s*\*?\s*(\w+)\s*\)\s*\(|\b(\w+)(?:\s*\[[^\]]*\])?\s*;)/g;
const TYPEDEF_OF_RECORD = /^\}[^;{}]*?\b(\w+)\s*;/gm;
const MACRO = /^[ \t]*#[ \t]*define[ \t]+(\w+)/gm;

/** Reads off a header what it includes and what it may define: cheap enough for hundreds of headers. */
export function outlineOf(text: string): HeaderOutline {
  const includes = [...text.matchAll(INCLUDE)].map((match) => ({ line: 0, path: match[2]!, system: match[1] === '<' }));
  const definitions = new Set([
    ...[...text.matchAll(RECORD)].map((match) => `${match[1]} ${match[2]}`),
    ...[...text.matchAll(TYPEDEF)].map((match) => `typedef ${match[1] ?? match[2]}`),
    ...[...text.matchAll(TYPEDEF_OF_RECORD)].map((match) => `typedef ${match[1]}`),
    ...[...text.matchAll(MACRO)].map((match) => `#define ${match[1]}`),
  ]);
  return { includes, definitions };
}
