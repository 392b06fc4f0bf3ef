import type { FilePatch } from './patch.js';
import { printTextFile, textFile, type TextFile } from './textFile.js';
import type { KernelTree, PatchedFile } from './tree.js';

/** A file that the series has touched so far. */
interface Touched {
  readonly file: TextFile;
  readonly created: boolean;
  /** The path in the tree whose content this was, if the series moved it here. */
  readonly movedFrom: string | null;
}

/** Lines that the series adds and removes at a path. */
interface Counts {
  readonly added: number;
  readonly removed: number;
}

/** The files of a tree as the patches of a series leave them, one patch after the other. */
export class SeriesOverlay {
  /** Paths that a patch could not be applied to. */
  readonly failed = new Set<string>();
  readonly #tree: KernelTree;
  /** By path; null for a file that a patch deleted or moved away. */
  readonly #touched = new Map<string, Touched | null>();
  readonly #counts = new Map<string, Counts>();
  /** What was touched before the current patch, and what it has written so far. */
  #before = new Map<string, Touched | null>();
  #written = new Set<string>();

  constructor(tree: KernelTree) {
    this.#tree = tree;
  }

  beginPatch(): void {
    this.#before = new Map(this.#touched);
    this.#written = new Set();
  }

  has(path: string): boolean {
    return this.#touched.has(path);
  }

  /** The file as the series has it so far; null if there is none. Throws as the tree does. */
  read(path: string): TextFile | null {
    return this.#read(path, this.#touched);
  }

  /**
   * The file that a file patch starts from. A move reads what was there before the patch, because two files may change
   * places; a text with several diffs in it is one patch, though, so that the file may also have come with it.
   */
  readOld(file: FilePatch): TextFile | null {
    if (file.oldPath === null) return null;
    return this.#read(file.oldPath, this.#sources(file)) ?? this.read(file.oldPath);
  }

  /** Puts what a file patch makes in place. */
  put(file: FilePatch, made: TextFile): void {
    const path = file.newPath ?? file.oldPath!;
    const earlier = this.#earlier(file);
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    const { added, removed } = this.#counts.get(path) ?? { added: 0, removed: 0 };
    this.#counts.set(path, {
      added: added + lines.filter(({ kind }) => kind === '+').length,
      removed: removed + lines.filter(({ kind }) => kind === '-').length,
    });
    if (file.change === 'rename' && (!this.#written.has(file.oldPath!) || this.#isNew(file.oldPath!)))
      this.#touched.set(file.oldPath!, null);
    this.#written.add(path);
    if (file.newPath === null) {
      this.#touched.set(path, null);
      return;
    }
    const movedFrom = earlier?.movedFrom ?? (file.change === 'rename' ? file.oldPath : null);
    const created = file.change === 'create' || (file.change !== 'copy' && earlier?.created === true);
    this.#touched.set(path, { file: made, created, movedFrom });
  }

  /** Forgets what the series did to a path, and to the one that its file was moved from. */
  fail(path: string): void {
    const origin = this.#touched.get(path)?.movedFrom ?? null;
    this.failed.add(path);
    this.#touched.delete(path);
    this.#counts.delete(path);
    if (origin !== null) this.fail(origin);
  }

  /** The touched files, by path. */
  patched(): Map<string, PatchedFile | null> {
    return new Map([...this.#touched].map(([path, file]) => [path, file === null ? null : patchedFile(path, file)]));
  }

  /** As a diffstat of the series has them. */
  totals(): Counts {
    const counts = [...this.#counts.values()];
    return {
      added: counts.reduce((sum, { added }) => sum + added, 0),
      removed: counts.reduce((sum, { removed }) => sum + removed, 0),
    };
  }

  /** What the series knows of the file that `readOld` gives; null for one of the tree. */
  #earlier(file: FilePatch): Touched | null {
    if (file.oldPath === null) return null;
    const known = this.#isNew(file.oldPath) ? this.#touched : this.#sources(file);
    return known.get(file.oldPath) ?? null;
  }

  /** The current patch itself brought the file. */
  #isNew(path: string): boolean {
    return !this.#before.has(path) && this.#tree.read(path) === null;
  }

  #sources({ change }: FilePatch): ReadonlyMap<string, Touched | null> {
    return change === 'rename' || change === 'copy' ? this.#before : this.#touched;
  }

  #read(path: string, from: ReadonlyMap<string, Touched | null>): TextFile | null {
    const touched = from.get(path);
    if (touched !== undefined) return touched?.file ?? null;
    const text = this.#tree.read(path);
    return text === null ? null : textFile(text);
  }
}

function patchedFile(path: string, { file, created }: Touched): PatchedFile {
  const { lines } = file;
  return {
    path,
    text: printTextFile(file),
    inputLines: Int32Array.from(lines, ({ inputLine }) => inputLine),
    inputNames: lines.map(({ inputName }) => inputName),
    addedLines: lines.flatMap(({ added }, index) => (added ? [index + 1] : [])),
    created,
  };
}
