/** The part of a violation that its id is made of: nothing that a refactoring changes. */
export interface FindingKey {
  readonly property: string;
  readonly tag: string;
  readonly cell: string;
  readonly operation: string;
  readonly conflict: string;
}

/**
 * A finding's id: `property-` and eight hexadecimal digits of a hash over property, struct tag, cell, violating operation and
 * conflicting operation. Array indexes are dropped from the cell, so that the id does not depend on which slot was used.
 *
 * The hash is 32-bit FNV-1a, https://www.rfc-editor.org/rfc/rfc9923: ids are names, not secrets.
 */
export function findingId(key: FindingKey): string {
  const text = [key.property, key.tag, key.cell.replace(/\[\d+\]/g, '[]'), key.operation, key.conflict].join('|');
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${key.property}-${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
