import { TreeError } from './treeError.js';

/** Options of trees. */
export interface TreeOptions {
  /**
   * Bytes; larger files are refused. The largest header of the analysed subsystems has 0.2 MB, generated registers
   * reach 24 MB.
   */
  readonly maxFileSize?: number;
}

const defaultMaxFileSize = 8 * 1024 * 1024;

/** Throws `TreeError` if a file of `size` bytes is beyond the limit. */
export function checkFileSize(path: string, size: number, options: TreeOptions): void {
  const limit = options.maxFileSize ?? defaultMaxFileSize;
  if (size > limit) {
    throw new TreeError(
      path,
      `the file has ${size} bytes, more than the limit of ${limit}`,
      'Nothing from this file is known to the analysis; such files are usually generated lists of registers.',
    );
  }
}

/**
 * Text of a source file: a byte order mark is dropped and bytes that are not UTF-8 are replaced, which in a kernel tree
 * happens in comments only. Line ends stay as they are. Throws `TreeError` for UTF-16 and other binary data.
 */
export function decodeSource(path: string, bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  if (nul >= 0 || (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new TreeError(
      path,
      nul >= 0 ? `a NUL byte at offset ${nul}; the file is binary or UTF-16` : 'the file is UTF-16',
      'Only UTF-8 sources can be read; convert the file, for example with iconv.',
    );
  }
  return new TextDecoder('utf-8').decode(bytes);
}
