type Attributes = Readonly<Record<string, unknown>>;

/** What the exports need of a graph: any graphology graph has it. Attributes that are exported are strings, numbers and booleans. */
export interface AnyGraph {
  getAttributes(): Attributes;
  forEachNode(tell: (node: string, attributes: Attributes) => void): void;
  forEachDirectedEdge(tell: (edge: string, attributes: Attributes, source: string, target: string) => void): void;
  export(): unknown;
}

/** A value of an attribute that can be exported; others are left out. */
export type Scalar = string | number | boolean;

/** The attributes that can be exported, in their order. */
export function scalars(attributes: Attributes): [string, Scalar][] {
  return Object.entries(attributes).filter((entry): entry is [string, Scalar] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
}
