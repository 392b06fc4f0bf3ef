/** What the exports need of a graph: any graphology graph has it. Attributes that are exported are strings, numbers and booleans. */
export interface AnyGraph {
  getAttributes(): object;
  forEachNode(tell: (node: string, attributes: object) => void): void;
  forEachDirectedEdge(tell: (edge: string, attributes: object, source: string, target: string) => void): void;
  export(): unknown;
}

/** A value of an attribute that can be exported; others are left out. */
export type Scalar = string | number | boolean;

/** An attribute by name, for attributes whose names are not known here. */
export function attribute(attributes: object, name: string): unknown {
  return (attributes as Readonly<Record<string, unknown>>)[name];
}

/** The attributes that can be exported, in their order. */
export function scalars(attributes: object): [string, Scalar][] {
  return Object.entries(attributes as Record<string, unknown>).filter((entry): entry is [string, Scalar] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
}
