import { parse } from '@ts-graphviz/ast';
import fc from 'fast-check';
import { MultiDirectedGraph } from 'graphology';
import { parse as parseGraphml } from 'graphology-graphml';
import { describe, expect, it } from 'vitest';
import { toDot } from './toDot.js';
import { toGraphml } from './toGraphml.js';
import { toJson } from './toJson.js';

type Attributes = Record<string, string | number | boolean>;
type TestGraph = MultiDirectedGraph<Attributes, Attributes, Attributes>;

/** Graphs with awkward texts everywhere. An attribute has one type in the whole graph, as in the graphs that are made here. */
const graphs = (text: fc.Arbitrary<string>) => {
  const attributes = fc.record({
    label: text,
    count: fc.integer({ min: -1000, max: 1000 }),
    share: fc.double({ min: 0.1, max: 1, noNaN: true }),
    isLast: fc.boolean(),
  });
  return fc
    .record({
      name: text,
      nodes: fc.uniqueArray(fc.tuple(text, attributes), { minLength: 1, maxLength: 5, selector: ([node]) => node }),
      edges: fc.array(fc.tuple(fc.nat(), fc.nat(), attributes), { maxLength: 6 }),
    })
    .map(({ name, nodes, edges }): TestGraph => {
      const graph: TestGraph = new MultiDirectedGraph();
      graph.setAttribute('name', name);
      for (const [node, of] of nodes) graph.addNode(node, of);
      edges.forEach(([from, to, of], index) => {
        graph.addDirectedEdgeWithKey(`edge ${index}`, nodes[from % nodes.length]![0], nodes[to % nodes.length]![0], of);
      });
      return graph;
    });
};

/** What a text is after a format that cannot hold all characters. */
const mapped = (graph: TestGraph, map: (text: string) => string) => {
  const of = (attributes: Attributes) =>
    Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, typeof value === 'string' ? map(value) : value]),
    );
  return {
    nodes: graph.mapNodes((node, attributes) => ({ node: map(node), attributes: of(attributes) })),
    edges: graph.mapDirectedEdges((edge, attributes, source, target) => ({
      edge,
      attributes: of(attributes),
      source: map(source),
      target: map(target),
    })),
  };
};

const plain = fc.string({ maxLength: 8 });
const awkward = fc.string({
  unit: fc.constantFrom('"', '&lt;', '&#9;', '\\', '\n', '<', '&', '>', "'", ';', '→', ' ', 'n', '\u0001', ']', '😀'),
  maxLength: 8,
});

describe('toGraphml', () => {
  it('is read by another program as the same graph', () => {
    fc.assert(
      fc.property(graphs(fc.oneof(plain, awkward)), (graph) => {
        const read = parseGraphml(MultiDirectedGraph as never, toGraphml(graph)) as unknown as TestGraph;
        // eslint-disable-next-line no-control-regex -- control characters are what XML cannot hold
        const xmlText = (text: string) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\uFFFD');
        expect(mapped(read, (text) => text)).toEqual(mapped(graph, xmlText));
        expect(read.getAttribute('name')).toBe(xmlText(graph.getAttribute('name') as string));
      }),
    );
  });

  it('declares the type of each attribute', () => {
    const graph: TestGraph = new MultiDirectedGraph();
    graph.addNode('a', { count: 1, share: 1, label: 'x', isLast: true });
    graph.addNode('b', { count: 2, share: 0.5, label: 'y', isLast: false });
    const types = [...toGraphml(graph).matchAll(/attr\.name="(\w+)" attr\.type="(\w+)"/g)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(types).toEqual(['count int', 'share double', 'label string', 'isLast boolean']);
  });
});

/** What a quoted ID of DOT says: the parser takes the quotes away and leaves escapes. */
const unquote = (text: string) =>
  text.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));

interface DotNode {
  readonly type: string;
  readonly id?: DotNode;
  readonly value?: string;
  readonly children?: readonly DotNode[];
  readonly key?: DotNode;
  readonly from?: DotNode;
  readonly targets?: readonly DotNode[];
}

const readDot = (text: string) => {
  const document = parse(text) as unknown as DotNode;
  const [graph] = document.children!.filter(({ type }) => type === 'Graph');
  const attributesOf = (statement: DotNode) =>
    Object.fromEntries(
      (statement.children ?? [])
        .filter(({ type }) => type === 'Attribute')
        .map((attribute) => [
          attribute.key!.value!,
          unquote((attribute as unknown as { value: DotNode }).value.value!),
        ]),
    );
  const statements = graph!.children!;
  return {
    nodes: statements
      .filter(({ type }) => type === 'Node')
      .map((node) => ({ node: unquote(node.id!.value!), attributes: attributesOf(node) })),
    edges: statements
      .filter(({ type }) => type === 'Edge')
      .map((edge) => ({ ends: edge.targets!.map((end) => unquote(end.id!.value!)), attributes: attributesOf(edge) })),
  };
};

describe('toDot', () => {
  it('is read by another program as the same graph', () => {
    fc.assert(
      fc.property(graphs(fc.oneof(plain, awkward)), (graph) => {
        const dotText = (text: string) => text.replaceAll('\0', '\uFFFD').replace(/\r\n?/g, '\n');
        const { nodes, edges } = readDot(toDot(graph));
        const expected = mapped(graph, dotText);
        expect(nodes.map(({ node, attributes }) => [node, attributes['label']])).toEqual(
          expected.nodes.map(({ node, attributes }) => [node, attributes['label']]),
        );
        expect(edges.map(({ ends, attributes }) => [...ends, attributes['label'], attributes['count']])).toEqual(
          expected.edges.map(({ source, target, attributes }) => [
            source,
            target,
            attributes['label'],
            String(attributes['count']),
          ]),
        );
      }),
    );
  });

  it('puts the nodes of a thread into one column, and marks what breaks a property', () => {
    const graph: TestGraph = new MultiDirectedGraph();
    graph.addNode('a', { thread: 'user', role: 'breaks' });
    graph.addNode('b', { thread: 'user', role: 'step' });
    graph.addDirectedEdge('a', 'b', { breaks: 'use-after-free' });
    const { nodes, edges } = readDot(toDot(graph));
    expect(nodes.map(({ attributes }) => [attributes['group'], attributes['color']])).toEqual([
      ['user', 'red'],
      ['user', undefined],
    ]);
    expect(edges[0]!.attributes['color']).toBe('red');
  });
});

describe('toJson', () => {
  it('is what graphology reads', () => {
    fc.assert(
      fc.property(graphs(fc.oneof(plain, awkward)), (graph) => {
        const read = MultiDirectedGraph.from(JSON.parse(toJson(graph)) as never);
        expect(read.export()).toEqual(graph.export());
      }),
    );
  });
});
