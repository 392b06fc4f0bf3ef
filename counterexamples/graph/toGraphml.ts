import type { AnyGraph, Scalar } from './anyGraph.js';
import { scalars } from './anyGraph.js';

type Domain = 'graph' | 'node' | 'edge';
type AttributeType = 'string' | 'int' | 'double' | 'boolean';

/** A graph in GraphML (http://graphml.graphdrawing.org/specification.html); attributes are declared with their types. */
export function toGraphml(graph: AnyGraph): string {
  const keys = new Map<
    string,
    { readonly id: string; readonly domain: Domain; readonly name: string; type: AttributeType }
  >();
  const declare = (domain: Domain, attributes: object) => {
    for (const [name, value] of scalars(attributes)) {
      const known = keys.get(`${domain} ${name}`);
      const type = typeOf(value);
      if (!known) keys.set(`${domain} ${name}`, { id: `d${keys.size}`, domain, name, type });
      else known.type = common(known.type, type);
    }
  };
  declare('graph', graph.getAttributes());
  graph.forEachNode((_, attributes) => declare('node', attributes));
  graph.forEachDirectedEdge((_, attributes) => declare('edge', attributes));
  const data = (domain: Domain, attributes: object, indent: string) =>
    scalars(attributes).map(
      ([name, value]) => `${indent}<data key="${keys.get(`${domain} ${name}`)!.id}">${escape(String(value))}</data>`,
    );

  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'];
  for (const { id, domain, name, type } of keys.values()) {
    lines.push(`  <key id="${id}" for="${domain}" attr.name="${escape(name)}" attr.type="${type}"/>`);
  }
  lines.push('  <graph id="G" edgedefault="directed">', ...data('graph', graph.getAttributes(), '    '));
  graph.forEachNode((node, attributes) => {
    lines.push(`    <node id="${escape(node)}">`, ...data('node', attributes, '      '), '    </node>');
  });
  graph.forEachDirectedEdge((edge, attributes, source, target) => {
    lines.push(`    <edge id="${escape(edge)}" source="${escape(source)}" target="${escape(target)}">`);
    lines.push(...data('edge', attributes, '      '), '    </edge>');
  });
  return [...lines, '  </graph>', '</graphml>', ''].join('\n');
}

function typeOf(value: Scalar): AttributeType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'int' : 'double';
}

function common(one: AttributeType, other: AttributeType): AttributeType {
  if (one === other) return one;
  return [one, other].every((type) => type === 'int' || type === 'double') ? 'double' : 'string';
}

/** Text of an element or of an attribute. What XML 1.0 cannot hold (2.2, Char) becomes U+FFFD; line ends are kept. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
