import type { PropertyId } from '../../../models/program/propertyId.js';
import type { Toy } from '../toySystem.js';

/** A toy that breaks a property, and the smallest change of it that does not. */
export interface ToyPair {
  readonly property: PropertyId;
  /** What the broken toy does, after `reports `. */
  readonly reports: string;
  readonly broken: Toy;
  /** Everything that is found in the broken toy, as `summary` prints it, sorted. */
  readonly findings: readonly string[];
  /** What the fixed toy does, after `does not report `. */
  readonly spares: string;
  readonly fixed: Toy;
}
