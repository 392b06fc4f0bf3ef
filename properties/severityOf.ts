import type { PropertyId } from '../models/program/propertyId.js';
import { propertyById } from './index.js';
import type { Severity } from './property.js';

/** How much a finding against this property weighs. */
export function severityOf(id: PropertyId): Severity {
  return propertyById(id).severity;
}
