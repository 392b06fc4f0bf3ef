import { createHash } from 'node:crypto';

/** Git's name for the content of a file, 40 hex digits: SHA-1 of `blob <length>\0` and the bytes. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
