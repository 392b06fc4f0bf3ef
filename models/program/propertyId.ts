/**
 * The ids of everything Interleaf checks. They live here, below the lifecycles and the kernel models, so that a forbidden
 * state can name the property it breaks; what each property means, why it holds in the kernel and where that is
 * documented is in `properties/`, one file each.
 */
export const propertyIds = [
  'use-after-free',
  'double-free',
  'uninitialised',
  'null-dereference',
  'err-pointer-dereference',
  'refcount-from-zero',
  'refcount-underflow',
  'id-not-reserved',
  'freed-while-published',
  'id-leaked',
  'foreign-context-lookup',
  'operation-order',
  'failure-after-install',
  'lock-not-held',
  'lock-recursion',
  'lock-held-at-return',
  'lock-destroyed-held',
  'lock-order',
  'sleep-in-atomic',
  'data-race',
  'freed-pointer-compare',
  'pool-destroyed-in-use',
  'double-map',
  'kernel-warning',
  'kernel-bug',
  'memory-leak',
  'count-not-restored',
  'mapping-left',
  'deadlock',
  'unregister-returns',
  'output-not-written',
  'refusing-operation',
] as const;

/** The id of one property, for example `'use-after-free'`. */
export type PropertyId = (typeof propertyIds)[number];

/** Whether `text` is the id of a property. */
export function isPropertyId(text: string): text is PropertyId {
  return (propertyIds as readonly string[]).includes(text);
}
