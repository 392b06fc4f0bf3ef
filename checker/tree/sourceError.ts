/** A tree, patch or configuration that nothing can be made of. The message is place and reason; `next` is for a line of its own. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** Stable, for scripts: `no-patch`, `unreadable-tree`. */
  readonly code: string;
  /** A path, or the name of an input with a line. */
  readonly place: string;
  readonly reason: string;
  /** What the user can do. */
  readonly next: string;

  constructor(code: string, place: string, reason: string, next: string) {
    super(`${place}: ${reason}`);
    this.code = code;
    this.place = place;
    this.reason = reason;
    this.next = next;
  }
}
