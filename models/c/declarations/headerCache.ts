import { posix } from 'node:path';
import { parseTranslationUnit, type Configuration } from '../syntax/parse.js';
import type { Include, TranslationUnit } from '../syntax/ast.js';
import { basicTypedef } from './basicTypes.js';
import { headerPaths, includeDirectories, type HeaderSource } from './includes.js';
import { outlineOf, type HeaderOutline } from './outline.js';
import { indexUnit, type UnitIndex } from './unitIndex.js';

/** A header that was read, or why it could not be. */
export type Header =
  | { readonly path: string; readonly index: UnitIndex; readonly unit: TranslationUnit }
  | { readonly path: string; readonly message: string };

/** Text of a file, null if there is none, or why it cannot be read. */
type Text = string | null | { readonly message: string };

/** Register descriptions reach 24 MB and declare nothing but numbers. */
const DEFAULT_LIMIT = 4 * 1024 * 1024;

/** The headers of one tree under one configuration, each read and parsed once for all files of a run. */
export class HeaderCache {
  readonly #tree: HeaderSource;
  readonly #configuration: Configuration;
  readonly #limit: number;
  readonly #headers = new Map<string, Header | null>();
  readonly #texts = new Map<string, Text>();
  readonly #lines = new Map<string, readonly string[]>();
  /** By what an include says, where that matters, and the `-I` directories. */
  readonly #located = new Map<string, string | null>();
  readonly #directories = new Map<string, readonly string[]>();
  readonly #outlines = new Map<string, HeaderOutline | null>();
  readonly #typeNames = new Set<string>();

  /** `limit`: the largest header that is read, in characters; 4 Mi by default. */
  constructor(tree: HeaderSource, configuration: Configuration, limit: number = DEFAULT_LIMIT) {
    this.#tree = tree;
    this.#configuration = configuration;
    this.#limit = limit;
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The header at a path, null if there is none. Never throws. */
  header(path: string): Header | null {
    const known = this.#headers.get(path);
    if (known !== undefined) return known;
    const header = this.#read(path);
    this.#headers.set(path, header);
    return header;
  }

  /** What a header seems to define, null if there is none that can be read. */
  outline(path: string): HeaderOutline | null {
    const known = this.#outlines.get(path);
    if (known !== undefined) return known;
    const text = this.#text(path);
    const outline = typeof text === 'string' && text.length <= this.#limit ? outlineOf(text) : null;
    this.#outlines.set(path, outline);
    return outline;
  }

  /** Text of a file of the tree by lines (line 1 is `[0]`); empty if it cannot be read. */
  lines(path: string): readonly string[] {
    const known = this.#lines.get(path);
    if (known !== undefined) return known;
    const text = this.#text(path);
    const lines = typeof text === 'string' ? text.split('\n') : [];
    this.#lines.set(path, lines);
    return lines;
  }

  /** Path of the header that an include in `from` names when `file` is compiled; null if there is none. */
  locate(include: Include, from: string, file: string): string | null {
    const extra = this.#includeDirectories(file);
    const key = [include.path, include.system ? '' : posix.dirname(from), ...extra].join('\n');
    const known = this.#located.get(key);
    if (known !== undefined) return known;
    const path = headerPaths(include, from, extra).find((candidate) => this.#text(candidate) !== null) ?? null;
    this.#located.set(key, path);
    return path;
  }

  /** `-I` directories for a file, of the Makefiles above it. */
  #includeDirectories(file: string): readonly string[] {
    const directory = posix.dirname(file);
    const known = this.#directories.get(directory);
    if (known !== undefined) return known;
    const found = includeDirectories((path) => {
      const text = this.#text(path);
      return typeof text === 'string' ? text : null;
    }, file);
    this.#directories.set(directory, found);
    return found;
  }

  #text(path: string): Text {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    let text: Text;
    try {
      text = this.#tree.read(path);
    } catch (error) {
      text = { message: error instanceof Error ? error.message : String(error) };
    }
    this.#texts.set(path, text);
    return text;
  }

  #read(path: string): Header | null {
    const text = this.#text(path);
    if (text === null) return null;
    if (typeof text !== 'string') return { path, message: `cannot be read (${text.message})` };
    if (text.length > this.#limit) {
      return { path, message: `has ${text.length} characters, more than the limit of ${this.#limit}` };
    }
    const unit = parseTranslationUnit(text, {
      file: path,
      configuration: this.#configuration,
      isTypeName: (name) => basicTypedef(name) !== undefined || this.#typeNames.has(name),
    });
    const index = indexUnit(unit);
    for (const name of index.typedefs.keys()) this.#typeNames.add(name);
    return { path, index, unit };
  }
}
