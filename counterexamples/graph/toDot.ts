import type { AnyGraph } from './anyGraph.js';
import { attribute, scalars } from './anyGraph.js';

/** Colours and shapes by the attributes that the graphs of this folder have. What is red breaks a property. */
const nodeStyles: readonly {
  readonly attribute: string;
  readonly value: string;
  readonly style: Readonly<Record<string, string>>;
}[] = [
  { attribute: 'kind', value: 'initial', style: { penwidth: '2' } },
  { attribute: 'kind', value: 'end', style: { shape: 'doublecircle' } },
  { attribute: 'kind', value: 'violation', style: { color: 'red' } },
  { attribute: 'kind', value: 'not explored', style: { style: 'dashed' } },
  { attribute: 'role', value: 'breaks', style: { color: 'red', penwidth: '2' } },
  { attribute: 'role', value: 'conflicts', style: { color: 'orange', penwidth: '2' } },
];

const edgeStyles: typeof nodeStyles = [
  { attribute: 'kind', value: 'program', style: { weight: '10' } },
  { attribute: 'kind', value: 'conflict', style: { color: 'red', constraint: 'false' } },
  { attribute: 'kind', value: 'lock', style: { color: 'blue', constraint: 'false' } },
  { attribute: 'kind', value: 'reference', style: { color: 'darkgreen', style: 'dashed', constraint: 'false' } },
  { attribute: 'kind', value: 'communication', style: { color: 'gray40', style: 'dotted', constraint: 'false' } },
];

/**
 * A graph in the DOT language (https://graphviz.org/doc/info/lang.html). Attributes keep their names; what Graphviz needs to draw
 * the graph is added. Nodes of one thread stand in one column.
 */
export function toDot(graph: AnyGraph): string {
  const name = attribute(graph.getAttributes(), 'name');
  const lines = [`digraph ${quote(typeof name === 'string' ? name : '')} {`, '  node [shape=box];'];
  graph.forEachNode((node, attributes) => {
    const thread = attribute(attributes, 'thread');
    const group: Record<string, string> = typeof thread === 'string' ? { group: thread } : {};
    lines.push(`  ${quote(node)} ${list(attributes, { ...group, ...styleOf(attributes, nodeStyles) })};`);
  });
  graph.forEachDirectedEdge((_, attributes, source, target) => {
    lines.push(`  ${quote(source)} -> ${quote(target)} ${list(attributes, styleOf(attributes, edgeStyles))};`);
  });
  return [...lines, '}', ''].join('\n');
}

function styleOf(attributes: object, styles: typeof nodeStyles): Record<string, string> {
  const breaks = attribute(attributes, 'breaks');
  const style: Record<string, string> = typeof breaks === 'string' && breaks !== '' ? { color: 'red' } : {};
  for (const { attribute: name, value, style: own } of styles)
    if (attribute(attributes, name) === value) Object.assign(style, own);
  return style;
}

function list(attributes: object, style: Readonly<Record<string, string>>): string {
  const all = { ...Object.fromEntries(scalars(attributes)), ...style };
  return `[${Object.entries(all)
    .map(([name, value]) => `${quote(name)}=${quote(String(value))}`)
    .join(', ')}]`;
}

/** A quoted ID. A backslash begins an escape in labels, and a NUL ends the text for Graphviz. */
function quote(text: string): string {
  return `"${text
    .replace(/\\/g, '\\\\')
    .replace(/"/g, '\\"')
    .replaceAll('\0', '\uFFFD')
    .replace(/\r\n?|\n/g, '\\n')}"`;
}
