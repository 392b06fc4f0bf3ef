/** A revision and a scenario that do not fit together, or a mistake in a model: message with place and next step. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  /** What to do about it. */
  readonly next: string;

  constructor(message: string, next = 'correct the model that is named') {
    super(message);
    this.next = next;
  }
}
