import type { AnyGraph } from './anyGraph.js';

/** A graph as graphology's own JSON, which `Graph.from()` reads. */
export function toJson(graph: AnyGraph): string {
  return `${JSON.stringify(graph.export(), null, 2)}\n`;
}
