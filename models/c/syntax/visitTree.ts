/** A node of the tree, as far as one looks at it without knowing which. */
export interface AnyNode {
  readonly kind?: string;
}

/** Calls `visit` for every node of a syntax tree, outer ones first. */
export function visitTree(tree: object, visit: (node: AnyNode) => void): void {
  if (Array.isArray(tree)) {
    for (const element of tree as readonly unknown[]) if (isObject(element)) visitTree(element, visit);
    return;
  }
  visit(tree);
  for (const value of Object.values(tree)) if (isObject(value)) visitTree(value, visit);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
