/** Thrown inside a step where the path ends in the middle of a computation; the step's status says how it ended. */
export class PathEnd extends Error {
  override readonly name = 'PathEnd';
}
