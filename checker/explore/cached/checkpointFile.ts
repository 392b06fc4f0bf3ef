import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Section } from './visitedStates.js';

const magic = 'interleaf checkpoint 1\n';
const digestBytes = 32;
/** Bytes that are read or written at a time. */
const chunk = 1 << 26;
const nameAnother = 'name a file that --checkpoint wrote';

/** A checkpoint cannot be used, or not written. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  /** What to do next. */
  readonly next: string;

  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

interface SectionEntry {
  readonly name: string;
  /** Words. */
  readonly length: number;
}

/** What stands in front of the sections: `header` is the caller's plain data. */
interface Contents<T> {
  readonly header: T;
  readonly sections: readonly SectionEntry[];
}

/**
 * Writes a checkpoint: magic, length of the description, description as Node serializes it, the words of the sections, SHA-256 of all that. It
 * is written beside the file, flushed and renamed, so that at any moment the file is the old or the new one. Throws
 * `CheckpointError`; the old file is then as it was.
 */
export function writeCheckpoint(file: string, header: object, sections: readonly Section[]): void {
  const part = `${file}.part`;
  try {
    const descriptor = openSync(part, 'w');
    try {
      const digest = createHash('sha256');
      const write = (bytes: Uint8Array) => {
        for (let at = 0; at < bytes.length;) {
          const piece = bytes.subarray(at, at + chunk);
          const written = writeSync(descriptor, piece);
          digest.update(piece.subarray(0, written));
          at += written;
        }
      };
      const parts = sections.map((section) => ({ name: section.name, words: section.words() }));
      const contents: Contents<object> = {
        header,
        sections: parts.map(({ name, words }) => ({ name, length: words.length })),
      };
      const description = serialize(contents);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(description.length);
      write(Buffer.from(magic));
      write(length);
      write(description);
      for (const { words } of parts) write(bytesOf(words));
      writeSync(descriptor, digest.digest());
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(part, file);
    flushFolder(dirname(file));
  } catch (error) {
    removeQuietly(part);
    throw new CheckpointError(`${file} cannot be written: ${reasonOf(error)}`, 'make room, or name another file');
  }
}

/** A checkpoint that is being read: what it gives is what was written. Sections are taken in their order. */
export class CheckpointReader<T> {
  readonly header: T;
  private readonly file: string;
  private readonly descriptor: number;
  private readonly sections: readonly SectionEntry[];
  private taken = 0;
  /** Bytes read so far. */
  private position = 0;

  /** Opens a checkpoint and reads all of it once. Throws `CheckpointError` if it is none, or not as it was written. */
  constructor(file: string) {
    this.file = file;
    this.descriptor = this.attempt(() => openSync(file, 'r'));
    try {
      this.verify(this.attempt(() => fstatSync(this.descriptor)).size);
      this.position = magic.length;
      const length = this.read(Buffer.alloc(4)).readUInt32LE();
      // As it was written, so these are the types that `writeCheckpoint` was given.
      const contents = deserialize(this.read(Buffer.alloc(length))) as Contents<T>;
      this.header = contents.header;
      this.sections = contents.sections;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Reads the words of the next section into what takes it. */
  take(section: Section): void {
    const entry = this.sections[this.taken];
    if (entry?.name !== section.name) throw this.damaged();
    this.taken += 1;
    section.load(entry.length, (words) => this.read(bytesOf(words)));
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private verify(size: number): void {
    const start = Buffer.alloc(Math.min(size, magic.length));
    if (!this.read(start).equals(Buffer.from(magic)))
      throw new CheckpointError(`${this.file} is no checkpoint of this version of interleaf`, nameAnother);
    if (size < magic.length + digestBytes) throw this.damaged();
    const digest = createHash('sha256').update(start);
    const buffer = Buffer.alloc(Math.min(chunk, size));
    for (let left = size - digestBytes - magic.length; left > 0;) {
      const piece = this.read(buffer.subarray(0, Math.min(left, buffer.length)));
      digest.update(piece);
      left -= piece.length;
    }
    if (!this.read(Buffer.alloc(digestBytes)).equals(digest.digest())) throw this.damaged();
  }

  private read<B extends Uint8Array>(into: B): B {
    for (let at = 0; at < into.length;) {
      const piece = into.subarray(at, at + chunk);
      const count = this.attempt(() => readSync(this.descriptor, piece, 0, piece.length, this.position));
      if (count === 0) throw this.damaged();
      this.position += count;
      at += count;
    }
    return into;
  }

  private attempt<R>(action: () => R): R {
    try {
      return action();
    } catch (error) {
      throw new CheckpointError(`${this.file} cannot be read: ${reasonOf(error)}`, nameAnother);
    }
  }

  private damaged(): CheckpointError {
    return new CheckpointError(`${this.file} is damaged: it is not as it was written`, 'begin anew, without --resume');
  }
}

function bytesOf(words: Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** The new name of a file is on the disk for sure only then. Not every system can do this, and then it does it by itself. */
function flushFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file is whole in any case.
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is in nobody's way.
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
