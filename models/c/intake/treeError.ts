/**
 * A tree, or a file of it, that cannot be read as asked. The message is place and reason; `next` is for a line of its
 * own.
 */
export class TreeError extends Error {
  /** The path, as the caller gave it. */
  readonly place: string;
  readonly reason: string;
  /** What the user can do. */
  readonly next: string;

  constructor(place: string, reason: string, next: string) {
    super(`${place}: ${reason}`);
    this.name = 'TreeError';
    this.place = place;
    this.reason = reason;
    this.next = next;
  }
}
