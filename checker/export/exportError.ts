/** A system has something that an export cannot say. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}
