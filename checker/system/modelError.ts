/** A mistake in a model or in the interpreter itself, never of the analysed code. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
